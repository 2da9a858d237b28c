"""Texts into tokens: words in sentences in documents. The only home of spaCy.

reader         texts into tokens, by a blank or a trained spaCy pipeline
tokens         the result: words, sentences and their positions in the original texts
languages      the language of a corpus and of each document
segmenters     words of Chinese, Japanese and Thai, by optional libraries
plain_text     what is counted of a text, with each character's position in the original
plain          the steps to it: markup, characters, mail, line ends
boilerplate    footers and disclaimers in a large share of documents
sentences      where a new sentence begins
abbreviations  words whose point ends no sentence
words          which tokens count, and as what
lemmas         words to their base forms
stop_words     words that say nothing of a subject
redaction      e-mail addresses, phone, account and card numbers masked
"""

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens

__all__ = ["Tokens", "clean"]
