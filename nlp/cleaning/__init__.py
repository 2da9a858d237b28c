"""Texts into tokens: words in sentences in documents. The only home of spaCy.

reader         texts into tokens, by a blank or a trained spaCy pipeline
tokens         the result: words, sentences and their positions in the original texts
plain_text     what is counted of a text, with each character's position in the original
  normalised     a changed text and its positions     markup      tags and character references
  characters     one way to write each character      mail        quoted mail and signatures
  line_ends      words cut at a line's end
sentences      where a new sentence begins            abbreviations  whose point ends none
words          which tokens count, and as what        lemmas      words to their base forms
stop_words     words that say nothing of a subject
redaction      e-mail addresses, phone, account and card numbers blotted out
"""

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens

__all__ = ["Tokens", "clean"]
