"""Words that tell nothing of a subject and are missing from spaCy's lists.

Two kinds are missing: what is said for courtesy, which stands in every letter, and what is left of
contractions where the apostrophe was lost or the tokenizer cut (`won't` into `wo` and `n't`).
"""

from __future__ import annotations

from collections.abc import Mapping

MORE_STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": (
            "cheers dear greetings hello hey hi kindly mr mrs ms please pls plz regard regards "
            "sincerely thank thanks thx "
            "aint arent ca cant couldnt couldve didnt doesnt dont hadnt hasnt havent im isnt ive "
            "nt sha shant shouldnt theyre wasnt werent whats wo wont wouldnt youre youve"
        ),
        "de": (
            "anbei bitte damen danke dankeschön dr frau "
            " freundlich freundliche freundlichem freundlichen "
            "geehrt geehrte geehrten geehrter gruss gruß grüsse grüße grüßen hallo herr herrn "
            "liebe mfg sehr vielen "
            "gabs gehts gibts hab hats ists isses wars wirds"
        ),
        "fr": (
            "bonjour bonsoir cdlt cordialement madame merci messieurs mme mlle monsieur salut "
            "salutations slt stp svp "
            "aujourd aujourd'hui aujourdhui cest hui jai jusqu lorsqu nest puisqu quelqu quoiqu"
        ),
        "es": (
            "adiós atentamente buenas cordialmente estimada estimado estimados favor gracias hola "
            "saludo saludos señor señora sr sra"
        ),
    }.items()
}
