"""What tests share: servers, scenes and sample content. No tests are here."""
