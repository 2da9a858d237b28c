"""Abbreviations whose point ends no sentence, for the languages whose lemmas are known.

Four kinds, for what follows decides: a title stands before a name, so a capital is no new sentence;
`No.` stands before a number, else it is a word; after `etc.` or `Inc.` a sentence may end; and the
words that begin a sentence, by which an end after `U.S.` or an ordinal is told.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


# Never an end: something must follow.
BEFORE_ANYTHING = _words(
    "mr mrs ms messrs dr prof rev hon gen col capt lt sgt gov sen rep pres supt st mt vs viz cf "
    "approx esp resp incl excl "
    "fa hr hrn fr frl dipl ing med jur phil vgl bzw ggf evtl inkl zzgl exkl abzgl einschl sog insb "
    "bspw beispielsw vorauss tel geb gest gegr ehem allg betr bes entspr gez lfd "
    "mme mlle mgr "
    "ee sra sres srta dña lic arq excmo excma ilmo aprox pág págs núm tfno teléf avda "
    "sig sigg dott avv spett "
    "dhr mevr mw ir drs mr "
    "z.b d.h u.a u.ä o.ä o.g s.o s.u i.d.r i.a u.u v.a z.t z.zt m.e d.i a.d i.h.v e.g i.e "
    "p.ex c.-à-d c.a.d s.v.p p.ej o.b.v d.w.z bijv t.a.v m.b.t"
)
# An end unless a number, a single letter or a small letter follows.
BEFORE_NUMBERS = _words(
    "gem env no nos nr nrn fig figs eq sec sect vol vols ch chap chaps p pp pg para paras art "
    "arts ex app appx rm apt bldg ext ver ca c circa abs kap bd bde abb abschn aufl s ss seite kl "
    "ziff ziffer rn anl anm anh tab taf al § par alin n ns nº num pág cap "
    "apdo jan feb febr mar mär mrz apr jun jul aug sep sept oct okt nov dec dez janv févr avr "
    "juill déc ene abr ago dic mon tue tues wed thu thur thurs fri sat sun mo di mi do sa so "
    "lun mer jeu ven sam dim bl blz afb lid"
)
# They are words too: only a number or a single letter shows the abbreviation.
ALSO_WORDS = _words(
    "gem no so do app art sun sat max sam mar mon tab para fig mi di dic cap ex sec mo ch "
    "ns anm lid"
)
# An end only where a word follows that begins sentences.
PERHAPS_LAST = _words(
    "chr mio mrd tsd std sek min max mill inc ltd co corp bros llc plc dept dep "
    "univ assn est jr sr ft etc usw u.s.w uvm u.v.m al str "
    "m.a b.a ph.d m.d b.sc m.sc u.s u.k u.n e.u u.s.a d.c l.a n.y p.o a.k.a p.s "
    "ee.uu uu cía s.a s.l s.r.l s.p.a n.v b.v sté éd av bd blvd"
)
# Times of day: a capital after them begins a sentence.
TIMES = _words("a.m p.m")
STARTERS = {
    "en": _words(
        "the a an this that these those it its he she they we you i there here then when while if "
        "but so nobody no not in on at as after before by for from with what why how who where my "
        "our your his her their please thanks yes all some many most one since until although "
        "because however therefore instead afterwards later today yesterday tomorrow now still also"
    ),
    "de": _words(
        "der die das den dem des ein eine einen einem er sie es wir ihr ich man dann danach nun "
        "jetzt aber doch wenn als weil da dort hier bitte am im in ab an auf bei nach vor seit mit "
        "trotzdem deshalb heute gestern morgen niemand alle kein keine mein meine unser unsere "
        "leider diese dieser dieses auch so zum zur für von"
    ),
    "fr": _words(
        "le la les un une des il elle ils elles on nous vous je ce cette ces cet mais donc puis "
        "ensuite alors après avant depuis quand si dans en au aux sur pour par avec hier personne "
        "aujourd'hui c'est merci mon ma mes"
    ),
    "es": _words(
        "el la los las un una unos unas él ella ellos ellas yo nosotros usted ustedes este esta "
        "estos estas pero si cuando luego después antes desde en por para con hoy ayer mañana "
        "nadie mi su no se"
    ),
    "it": _words("il lo la i gli le un una e ma poi dopo quando non in per con oggi ieri questo"),
    "pt": _words("o a os as um uma e mas depois quando não em no na por para com hoje ontem este"),
    "nl": _words(
        "de het een hij zij we wij ik er dit dat maar daarna toen als niet in op bij voor"
    ),
}
# Languages that write first, second, third as a number with a point.
POINTED_ORDINALS = frozenset({"de", "tr"})
