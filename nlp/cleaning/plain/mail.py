"""What a mail holds besides its message: quoted mail, its headers, the signature.

The writer's own words are counted; what was quoted has been counted where it was written. Where
nothing else is left (a forwarded mail without a word of its own), the quoted text is the message.
"""

from __future__ import annotations

import re
from itertools import accumulate

from nlp.cleaning.plain.normalised import Edit, Normalised

# Cheap signs that a text may be a mail: without one of them no line is looked at.
_MIGHT_BE_MAIL = re.compile(
    r"""^[ \t]*(?:>|--[ ]?$|-{2,}[ \t]*\w|\#{2}-) | :[ \t]*\n[ \t]*>
    | ^[ \t*]*(?:From|Von|De|Da|Van)\*?[ ]?:
    | \b(?:wrote|writes|schrieb|écrit|escribió|scritto|schreef|escreveu)\b
    | ^[ \t]*(?:sent\ from|get\ outlook|gesendet\ |von\ meinem|envoyé\ d|enviado\ d|inviato\ d
        |verzonden|verstuurd|obtenir\ outlook|outlook\ für|obtener\ outlook)
    | ^[ \t]*(?:best|kind|warm|many\ thanks|with\ |regards|sincerely|yours|cheers|thanks|thank\ you
        |mit\ |viele|freundliche|beste|liebe|mfg|lg|vg|gr[uü](?:ß|ss)|cordialement|bien\ |sincères
        |salutations|meilleures|un\ saludo|saludos|atentamente|cordiali|distinti|met\ v|groet
        |atenciosamente|cumprimentos)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_QUOTED = re.compile(r"[ \t]*>")
_VERBS = r"(?:wrote|writes|schrieb|a\ écrit|escribió|ha\ scritto|schreef|escreveu)"
# On DATE, NAME wrote: in the words of common mail programs; a date or an address is in it.
_ATTRIBUTION = re.compile(
    rf"""(?=.*[\d@])[ \t>]*(?:On|Am|Le|El|Il|Op|Em|In|At|\d|["'\w].{{0,80}}[<@(])
    [^\n]{{0,240}}?\b{_VERBS}\b(?:[^\n:]|(?<=\d):(?=\d)){{0,100}}[ ]?:[ \t]*$
    | [ \t]*-{{2,}}[ ]On[ ][^\n]{{3,240}}\bwrote[ ]-{{2,}}[ \t]*$
    | \d{{4}}-\d\d-\d\d[ ][^\n]{{3,200}}<[^<>\s]+@[^<>\s]+>:[ \t]*$""",
    re.VERBOSE,
)
_ATTRIBUTION_OPENS = re.compile(r"[ \t>]*(?:On|Am|Le|El|Il|Op|Em)\b(?=.*\d)")
# The same in one line with what it quotes, as exports that lose line breaks have it.
_ATTRIBUTION_INSIDE = re.compile(
    rf"\b(?:On|Am|Le|El|Il|Op|Em)\ [^\n:.!?]{{0,30}}\d[^\n]{{0,160}}?@[^\n]{{0,80}}?"
    rf"\b{_VERBS}\b[^\n:]{{0,60}}[ ]?:",
    re.VERBOSE,
)
# Without either, the line may be the writer's own: "In 2019 my colleague wrote:".
_MOMENT = re.compile(r"@|\b\d{1,2}[:h.]\d\d\b")
_ORIGINAL = re.compile(
    r"""[ \t>]*(?:-{2,}|_{5,})[ \t]*(?:original\ (?:message|appointment)|forwarded\ (?:message|by)
    |begin\ forwarded|ursprüngliche\ (?:nachricht|mail)|original-?nachricht
    |weitergeleitete\ nachricht
    |message\ d['’]origine|message\ original|message\ transféré|mensaje\ (?:original|reenviado)
    |messaggio\ (?:originale|inoltrato)|oorspronkelijk\ bericht|doorgestuurd\ bericht
    |mensagem\ (?:original|encaminhada))
    |[ \t>]*\#{2}-\ (?:please\ type\ your\ reply\ above
      |bitte\ geben\ sie\ ihre\ antwort\ oberhalb)""",
    re.IGNORECASE | re.VERBOSE,
)
_SENDER = re.compile(r"[ \t>*]*(?:From|Von|De|Da|Van|Expéditeur)\*?[ ]?:\*?[ \t]*\S", re.IGNORECASE)
_HEADER = re.compile(
    r"""[ \t>*]*(?:sent|to|cc|bcc|date|subject|reply-to|importance|attachments
    |gesendet|an|datum|betreff|envoyé|à|objet|enviado(?:\ el)?|para|fecha|asunto|inviato|a|oggetto
    |verzonden|aan|onderwerp|data|assunto)\*?[ ]?:\*?[ \t]""",
    re.IGNORECASE | re.VERBOSE,
)
_SUBJECT = re.compile(
    r"[ \t]*(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto)[ ]?:", re.I
)
_DEVICE = re.compile(
    r"""[ \t]*(?:sent\ (?:from|via)\ |get\ outlook\ for|gesendet\ (?:von|mit|über)\b
    |von\ meinem\ .{2,40}gesendet
    |envoyé\ (?:de|depuis)\ |enviado\ (?:desde|do|de)\ |inviato\ da|verzonden\ (?:vanaf|met)
    |verstuurd\ vanaf
    |obtenir\ outlook|outlook\ für|obtener\ outlook)[^\n.!?]{0,60}\.?[ \t]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""[ \t]*(?:(?:best|kind|kindest|warm|warmest|many|with\ (?:best|kind|warm))
    \ (?:regards|wishes|thanks)|regards|(?:yours\ )?(?:sincerely|faithfully|truly)(?:\ yours)?
    |cheers
    |thanks(?:\ again|\ in\ advance)?|thank\ you
    |all\ the\ best|best
    |mit\ (?:freundlich|best|viel|lieb|herzlich)\w*\ (?:gr[uü](?:ß|ss)\w*|dank|empfehlungen)
    |(?:viele|freundliche|beste|liebe|herzliche|schöne)\ gr[uü](?:ß|ss)e|gr[uü](?:ß|ss)e?
    |mfg|lg|vg
    |(?:bien\ )?cordialement|bien\ à\ vous|salutations(?:\ distinguées)?
    |(?:meilleures|sincères)\ salutations
    |(?:un\ )?(?:cordial\ )?saludos?(?:\ cordiales)?|atentamente
    |cordiali\ saluti|distinti\ saluti|met\ vriendelijke\ groet(?:en)?|groet(?:en|jes)?
    |atenciosamente|(?:com\ os\ melhores\ )?cumprimentos)
    (?P<name>[ \t]*[,.!]?[ \t]*(?:[^\W\d_][\w.'’-]*[ \t,]*){0,5})$""",
    re.IGNORECASE | re.VERBOSE,
)
_PROSE = re.compile(r"(?:\w\S*[ \t]+){7,}\S+|[.!?][ \t]*$")
_DELIMITER = re.compile(r"--[ ]?$")
# RFC 3676 asks for four lines; companies write more, but no message stands under the name.
_LONGEST_SIGNATURE, _LONGEST_SIGNATURE_LINE, _LONGEST_SIGNATURE_TEXT = 12, 90, 1_500
_LETTER = re.compile(r"[^\W\d_]")


def without_quoted_mail(source: Normalised) -> Normalised:
    """The text without what a mail quotes and without its signature; a blank line is left there."""
    if not _MIGHT_BE_MAIL.search(source.text):
        return source
    lines = source.text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    bare = [line.rstrip("\r\n") for line in lines]
    dropped = _quoted(bare)
    if not any(_LETTER.search(line) for line, gone in zip(bare, dropped, strict=True) if not gone):
        dropped = _headers_alone(bare)
    _drop_signature(bare, dropped)
    edits: list[Edit] = []
    for number, gone in enumerate(dropped):
        if gone:
            edits.append((starts[number], starts[number + 1], "\n\n"))
            continue
        inside = _ATTRIBUTION_INSIDE.search(bare[number])
        if inside and _LETTER.search(bare[number], 0, inside.start()):
            edits.append((starts[number] + inside.start(), len(source.text), "\n\n"))
            break
    return source.edited(edits)


def _quoted(lines: list[str]) -> list[bool]:
    """For each line whether it is quoted mail or says whose it is."""
    dropped = [bool(_QUOTED.match(line)) for line in lines]
    for number, line in enumerate(lines):
        if dropped[number]:
            continue
        if _ORIGINAL.match(line) or _is_header_block(lines, number):
            dropped[number:] = [True] * (len(lines) - number)
            break
        n_lines = _attribution_lines(lines, number)
        if not n_lines:
            continue
        below = number + n_lines
        after = next((n for n in range(below, len(lines)) if lines[n].strip()), len(lines))
        if after == len(lines) or dropped[after]:
            dropped[number:below] = [True] * n_lines
        elif _MOMENT.search(" ".join(lines[number:below])):
            # Programs that quote without a mark put the whole mail below.
            dropped[number:] = [True] * (len(lines) - number)
            break
    return dropped


def _attribution_lines(lines: list[str], number: int) -> int:
    """How many lines say who wrote what is quoted below: none, one, or two where it is wrapped."""
    if _ATTRIBUTION.match(lines[number]):
        return 1
    if number + 1 < len(lines) and _ATTRIBUTION_OPENS.match(lines[number]):
        both = f"{lines[number].rstrip()} {lines[number + 1].lstrip(' >')}"
        return 2 if _ATTRIBUTION.match(both) else 0
    return 0


def _is_header_block(lines: list[str], number: int) -> bool:
    """A line with the sender, and two more of a mail's headers below it."""
    if not _SENDER.match(lines[number]):
        return False
    return sum(bool(_HEADER.match(line)) for line in lines[number + 1 : number + 6]) >= 2


def _headers_alone(lines: list[str]) -> list[bool]:
    """Where the quoted mail is the message: its headers only, and not its subject."""
    dropped = [False] * len(lines)
    for number, line in enumerate(lines):
        n_lines = 1 if _ORIGINAL.match(line) else _attribution_lines(lines, number)
        if n_lines:
            dropped[number : number + n_lines] = [True] * n_lines
        elif _is_header_block(lines, number):
            dropped[number] = True
            for below in range(number + 1, min(number + 8, len(lines))):
                header = _HEADER.match(lines[below])
                dropped[below] = bool(header) and not _SUBJECT.match(lines[below])
    return dropped


def _drop_signature(lines: list[str], dropped: list[bool]) -> None:
    kept = [number for number, gone in enumerate(dropped) if not gone and lines[number].strip()]
    for number in kept:
        if _DEVICE.match(lines[number]):
            dropped[number] = True
    kept = [number for number in kept if not dropped[number]]
    # A closing alone is a letter of thanks.
    for place in range(max(1, len(kept) - _LONGEST_SIGNATURE - 1), len(kept)):
        if _is_signature(lines, kept[place:]):
            for one in kept[place:]:
                dropped[one] = True
            return


def _is_signature(lines: list[str], rest: list[int]) -> bool:
    first, below = lines[rest[0]], [lines[number] for number in rest[1:]]
    if len(below) > _LONGEST_SIGNATURE:
        return False
    if _DELIMITER.match(first):
        return sum(map(len, below)) <= _LONGEST_SIGNATURE_TEXT
    if not _CLOSING.match(first):
        return False
    return not any(len(line) > _LONGEST_SIGNATURE_LINE or _PROSE.search(line) for line in below)
