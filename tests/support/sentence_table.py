"""Texts with the borders a reader sees: `|` parts the sentences, all of them made up."""

from __future__ import annotations

ENGLISH = """
The limit is approx. 30 kg per parcel.|Heavier ones go by freight.
See Fig. 7 on p. 12 of the guide.|It shows the valve.
The fee was ca. 600 euros.
Ask for room No. 5 on the left.|Nobody answered.
I said no.|Then he left.
Dr. Weber vs. the courier went to court.|She won.
Mr. and Mrs. Hale live in St. Albans.|They moved in Jan. 2024.
The U.S. Post delivers to P.O. Boxes.
He came back from the U.S.|He was tired.
The U.S. economy grew by 3.5 percent.
Tools, e.g. hammers, are heavy.|Books, i.e. paper, are not.
The shop opens at 9 a.m. on Monday.|It closes at 5 p.m.|Nobody told me.
Apple Inc. and Miller Ltd. firms pay more.
She works for Acme Corp. in Leeds.
We bought nails, screws, etc.|The rest was there.
We bought nails, etc. at the shop.
J. R. Smith signed it.|So did B. Jones.
John F. Kennedy was there.
It costs $5.99.|That is too much.
Version 2.10.3 crashed.|Version 2.10.4 works.
"It is broken."|He hung up.
"Really?" she asked.|Nobody knew.
He said: "It is gone."|Then he left.
(Nobody knows why.)|It still hurts.
Is it lost?|Yes!|When will it come?
Why?!|I paid twice.
Wait...|There is more.
It came ... late and broken.
It works… sometimes.
The parcel arrived
late at the warehouse.|Nobody signed.
Visit www.shop.example today.|It is cheap.
Prof. Lee et al. found it.|The result holds.
In 1999 the bank closed.|It opened again in 2005.|Prices rose.
The meeting is on Sept. 11 in hall 2.|Bring a pen.
Call me at ext. 12.|I am in.
Chapter IV. of the book is short.
Use Node.js for it.|It is quick.
ASP.NET is slow.|C# is not.
I have a Ph.D. in chemistry.|The rest is luck.
The app crashed.|it never came back.
i called them.|they never answered.
The temperature is 5 °C.|It is cold.
Sgt. Pepper vs. Gen. Lee.
Vol. 3 and vols. 4 to 6 are missing.
The court heard Roe v. Wade again.
Send it to Washington, D.C. by Friday.
Justice Dept. opens case.
‘Top Gun’ repeats at No. 1.
Thanks!|:-) The box came.
It is fine.|- Not for me.
Est. 1890, the firm is old.
1. Open the box.|2. Take it out.
Tom Hale Jr. signed.|His father did not.
"""

GERMAN = """
„Das Paket kam nicht an.“|Danach rief ich beim Zusteller an.
»Die Lieferung ist weg.«|Am Abend kam sie doch.
Der Fahrer sagte: „Das Paket ist zugestellt.“|Danach legte er auf.
Auf der Karte stand „unzustellbar“ und der Fahrer fuhr weiter.
Er kam ca. 5 Min. zu spät.|Keiner wartete.
Nötig ist Führerschein Kl. B, sowie ein PKW.
Das Tor fiel in der 18. Minute.|Danach war Schluss.
Am 31. August war alles gut.|Am 3. Mai nicht.
Er wurde 18.|Der Sieger hieß Kim.
Das war 2019.|Danach stieg der Preis.
Siehe Nr. 5 und Abb. 3 auf S. 12.
Bitte z.B. Bücher oder d.h. Papier schicken.
Bitte z. B. Bücher schicken.|Das reicht.
Dr. Weber und Prof. Kern kamen.|Hr. Maier fehlte.
Das kostet 3.50 Euro.|Zu viel!
Das Werk kostet 72 Mrd. Dollar.
Die Fa. Müller GmbH u. Co. KG zahlt.
Gem. § 5 Abs. 2 Nr. 3 gilt das.
Ludwig XIV. von Frankreich starb.
Im II. Weltkrieg war das anders.
Art. 12 Abs. 3 lautet anders.
Ich habe Stühle, Tische usw. bestellt.
Ich habe Stühle, Tische usw.|Der Rest fehlt.
Die Lieferung kam bzw. kommt ggf. morgen.
Am Mo. 5. Jan. 2026 kam sie.
Der Zug fährt ab Gleis 5.|Er ist voll.
Kommt es noch?|Ja!|Wann denn?
„Wirklich?“, fragte sie.|Niemand wusste es.
Das ist der 1. Platz.
Im 3. Stock wohnt J. Maier.
Das Paket lag beim
Nachbarn im Flur.|Ich fand es.
Es kostet inkl. Versand 5 Euro.
Der Vertrag vom 1. 3. 2026 gilt.
Wir treffen uns um 5.|Bitte kommen.
Die Temperatur lag bei 3,5 Grad.|Es war kalt.
Vgl. Kap. 3 im Buch.
Das gilt u. a. für Berlin.|Sonst nicht.
Tel. 030 ist besetzt.|Leider.
Der Autor (geb. 1950) lebt noch.
Ich warte...|Nichts kommt.
Rom wurde 753 v. Chr. gegründet.
"""

FRENCH = """
« Le colis est perdu. »|Le soir, il est arrivé.
Il a dit : « C'est fini. »|Puis il est parti.
Voir art. 12 al. 3 du code.|C'est clair.
M. Dupont et Mme. Martin sont venus.
Mme Martin est venue.|M. Dupont aussi.
Le prix est de 3.50 euros.|C'est trop.
Prenez par ex. un livre.
Il habite av. Foch n. 5.
Le colis pèse env. 30 kg.
Est-ce perdu ?|Oui !|Quand viendra-t-il ?
J. Dupont a signé.|Rien depuis.
La S.N.C.F. a répondu.|Le train est parti.
Le 3 janv. 2026 il est venu.
Voir fig. 3 et p. 12.
Des clous, des vis, etc.|Le reste manque.
Des clous, etc. sont là.
Le Dr. Petit est absent.
En 2019, tout allait bien.|Puis le prix a monté.
Le vol. 3 manque.
“C'est cassé.”|Il a raccroché.
Attendez...|Il y a autre chose.
Bonjour.|Mon colis est perdu.
Le colis est arrivé
en retard chez le voisin.|Merci.
Louis XIV a régné.|Puis il est mort.
Le ch. 4 est court.
"""

SPANISH = """
Vive en la Av. 5 núm. 3 de EE. UU. desde enero.|El paquete llegó tarde.
«El paquete se perdió.»|Luego llegó.
El Sr. Pérez y la Sra. Díaz vinieron.
¿Se perdió?|¡Sí!|¿Cuándo llega?
Vea el art. 12 y la pág. 5.
El núm. 3 falta.|El resto no.
Ud. no contestó.|Nadie lo hizo.
Los EE.UU. crecieron.|Luego no.
Cuesta 3.50 euros.|Es mucho.
El Dr. Ruiz no está.
Pesa aprox. 30 kg.
Traiga p.ej. un libro.
“Está roto.”|Colgó.
Clavos, tornillos, etc.|El resto falta.
La av. 5 de Mayo está cerrada.
J. Pérez firmó.|Nada más.
En 2019 todo iba bien.|Después subió el precio.
Espere...|Hay más.
El paquete llegó
tarde a la casa.|Gracias.
Vea la fig. 3 del cap. 2.
Hola.|Mi paquete no llegó.
El 3 de ene. 2026 llegó.
La Cía. López cerró.
Vive en la c. 5 no. 3.
«¿De verdad?», preguntó.|Nadie lo sabía.
El tel. 900 no funciona.
"""

TABLE = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}


def texts(language: str) -> list[tuple[str, list[str]]]:
    """Each text, and its sentences; a line that does not end like one goes on in the next."""
    rows, pending = [], ""
    for line in TABLE[language].strip().split("\n"):
        pending = f"{pending}\n{line}" if pending else line
        if line[-1].isalpha():
            continue
        sentences = pending.split("|")
        rows.append((" ".join(sentences), sentences))
        pending = ""
    return rows
