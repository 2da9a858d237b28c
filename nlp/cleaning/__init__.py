"""Texts into tokens: words in sentences in documents. The only home of spaCy.

reader      texts into tokens, by a blank or a trained spaCy pipeline
tokens      the result: words, sentences and their positions in the original texts
lemmas      words to their base forms
stop_words  words that say nothing of a subject
redaction   e-mail addresses, phone, account and card numbers blotted out
"""

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens

__all__ = ["Tokens", "clean"]
