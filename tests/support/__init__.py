"""What tests share: servers, scenes and sample content. It contains no tests."""
