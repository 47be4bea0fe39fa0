# Alles, was thesenbot auf Deutsch sagt.

range = { $first } bis { $last }
list = { $most } und { $last }
list-more = { $most } und { $count } weitere

# Zitatangabe
thesis = These { $number }
introduction = Einleitung
passage = Absatz
announced = { $count ->
    [1] eine These
    [2] zwei Thesen
    [3] drei Thesen
    [4] vier Thesen
    [5] fünf Thesen
    [6] sechs Thesen
    [7] sieben Thesen
    [8] acht Thesen
    [9] neun Thesen
    [10] zehn Thesen
    [11] elf Thesen
    [12] zwölf Thesen
   *[other] { $count } Thesen
}
held = { $count ->
    [1] die These { $numbers }
   *[other] die Thesen { $numbers }
}

# Antworten
answer-number = Hier ist, was du sehen wolltest:
answer-meaning = Das passt am besten zu deiner Frage:
answer-several = Darauf antworten mehrere Thesen:
answer-unsure = Ich bin nicht sicher. Vielleicht ist eine dieser Stellen gemeint:
answer-none = Dazu steht in den Texten nichts Passendes.
answer-which-work = { $numbers } gibt es in mehreren Texten. Welcher ist gemeint?
no-such-thesis = { $title } enthält { $held }. Nicht darin: { $wanted }.
no-such-thesis-announced = Die Quelle kündigt { $announced } an; der gespeicherte Text enthält { $held }. Nicht darin: { $wanted }.
wanted = { $count ->
    [1] These { $numbers }
   *[other] Thesen { $numbers }
}

# Was keine Frage ist
refuse-empty = Das war leer. Stell mir eine Frage auf Deutsch oder Englisch.
refuse-too-long = Das ist zu lang: Ich lese Fragen bis { $limit } Zeichen.
refuse-no-words = Darin finde ich keine Wörter. Stell mir eine Frage auf Deutsch oder Englisch.
refuse-other-language = Dazu finde ich nichts Passendes. Ich verstehe Deutsch und Englisch.

# Übersetzung
unofficial-translation = Inoffizielle Übersetzung

# Terminal
chat-hello = Frag auf Deutsch oder Englisch; eine leere Zeile beendet.
chat-bye = Bis bald.
list-gap = Die Quelle kündigt { $announced } an; der gespeicherte Text enthält { $held }.

# Discord: Antworten
answer-other = Weitere Stelle ({ $at } von { $count }):
answer-context = Davor und danach:
answer-candidates = Das könnte zu der Nachricht passen:
answer-cited = { $name } zitiert:
answer-shared = { $name } teilt:
answer-search = Gefunden: { $count ->
    [1] eine Stelle
   *[other] { $count } Stellen
}
context-none = Davor und danach steht nichts.
nothing-to-find = In dieser Nachricht steht nichts, wozu eine These zu finden wäre.
nothing-to-check = In dieser Nachricht steht nichts, was zu prüfen wäre.
part = Teil { $part } von { $parts }
link = Quelle
list-of = Thesen in { $title }
list-translated = In Klammern: inoffizielle Übersetzung.
search-rest = Außerdem: { $names }
list-none = { $title } nummeriert keine Thesen.
no-such-number = Das ist keine Nummer, die ich verstehe. Beispiele: 3, III, 2-4, „1, 3“.
many-theses = Das sind { $count } Thesen; ich zeige die ersten { $shown }. Frag nach den übrigen mit ihren Nummern.

# Discord: Knöpfe
button-page-before = ◀ Teil
button-page-after = Teil ▶
button-other = Nächste Stelle
button-sentence = Nur der Satz
button-whole = Ganz zeigen
button-context = Davor/danach
button-why = Warum diese?
button-share = Für alle zeigen
button-delete = Löschen
button-helpful = Hilfreich
button-unhelpful = Nicht hilfreich
vote-thanks = Danke. Gezählt wird nur die Stelle, nicht wer gedrückt hat.
delete-refused = Löschen kann das nur, wer gefragt hat, oder wer Nachrichten verwalten darf.
state-gone = Diese Stelle steht nicht mehr in den Texten.
why-intro = So nah kommt diese Stelle deiner Frage (0 = Zufall; je mehr, desto näher):
why-whole = ganze Stelle
why-sentence = bester Satz
why-tokens = Wort für Wort im Sinn
why-words = gemeinsame Schreibung
why-asked = hinterlegte Fragen
why-line = { $kind }: { $value }
why-words-shared = Gemeinsame Wörter: { $words }
why-no-question = Zu dieser Antwort kenne ich die Frage nicht mehr.
why-not-found = Bei dieser Frage steht die Stelle nicht unter den besten; sie kam auf anderem Weg hierher.

# Discord: Prüfen
quote-exact = Das Zitat ist genau.
quote-altered = Das Zitat weicht von der Quelle ab:
quote-wrong-thesis = Die Worte stehen in { $found }, nicht in { $claimed }.
quote-stitched = Das ist aus mehreren Stellen zusammengesetzt:
quote-not-found = Diese Worte stehen in keinem der Texte.
quote-change = - Quelle: { $source } · Nachricht: { $quoted }
quote-changes-more = - und { $count } weitere
quote-nothing = (nichts)
verify-none = Unverändert:
verify-moved = Dieselben Worte, inzwischen an anderer Stelle:
verify-words = Der Wortlaut hat sich seit dem Zitat geändert, oder der Code ist vertippt. So heißt es jetzt:
verify-unknown = Zu diesem Code gibt es keine Stelle.

# Discord: Auskünfte
source-line = { $title }
source-publisher = Herausgeber: { $value }
source-published-in = Erschienen in: { $value }
source-year = Jahr: { $value }
source-licence = Rechte: { $value }
source-url = Adresse: { $value }
source-hash = SHA-256 von Quelle und Beilagen: { $value }
about = thesenbot { $version } antwortet mit den genauen Worten einer These und nennt, wo sie steht. Er schreibt nichts selbst. Texte: { $works }.
help =
    Stell mir eine Frage: erwähne mich, antworte auf eine meiner Antworten, schreib mir direkt oder nimm `/frage`.
    `/these 3` zeigt eine These, `/thesen` die Liste, `/suche` sucht Wörter, `/zitat` zitiert in der Diskussion, `/pruefen` löst den Code eines Zitats auf, `/quelle` sagt, woher ein Text stammt.
    Im Menü einer Nachricht (Apps): „Passende These finden“ und „Ist das Zitat genau?“.
privacy =
    Ich speichere nichts über Personen: keine Nachrichten, keine Fragen, keine Namen, keine Nutzerkennungen, weder auf der Platte noch in Protokollen.
    Gespeichert wird je Server mit Einstellungen: seine Kennung, die Sprache, die angebotenen Texte, die gewählten Kanäle und ob Antworten sonst privat sind (`/einstellungen vergessen` löscht das sofort, ebenso wenn ihr mich vom Server entfernt); und je Stelle, wie oft sie als hilfreich oder nicht hilfreich bewertet wurde, ohne Namen.
    Wer wie oft gefragt hat, merke ich mir eine Minute lang im Arbeitsspeicher, damit mich niemand überflutet. In den Knöpfen unter einer Antwort steht bei Discord, wer gefragt hat, damit diese Person sie löschen kann.

# Discord: Fehler
error-unexpected = Das hat nicht geklappt, und es liegt an mir. Fehlercode: { $code }
error-too-often = Du fragst gerade sehr viel. Bitte warte { $seconds } Sekunden.
error-busy = Gerade fragen sehr viele. Bitte versuch es gleich noch einmal.
error-late = Das hat zu lange gedauert. Bitte versuch es noch einmal.
error-worker = Beim Suchen ist etwas ausgefallen. Bitte versuch es gleich noch einmal.
error-stopping = Ich werde gerade neu gestartet. Bitte versuch es gleich noch einmal.
error-permission = Mir fehlt das Recht, hier zu schreiben. Bitte gib mir „Nachrichten senden“ (in Threads: „Nachrichten in Threads senden“).
only-you-see = Das siehst nur du: Auf diesem Server bleiben Antworten mitgebrachter Apps privat. Für alle antworte ich, wenn der Server mich hinzufügt oder „Externe Apps verwenden“ erlaubt.
error-not-allowed = Das darf nur, wer den Server verwalten darf.

# Discord: Einstellungen
settings-title = Einstellungen dieses Servers
settings-language = Sprache der Antworten: { $value }
settings-language-auto = die der Frage
settings-works = Texte: { $value }
settings-all = alle
settings-inline = Kanäle, in denen ich [[3]] beantworte: { $value }
settings-unasked = Kanäle, in denen ich ungefragt antworte: { $value }
settings-none = keine
settings-private = Antworten auf Befehle nur für die fragende Person: { $value }
settings-yes = ja
settings-no = nein
settings-no-intent = Für [[3]] und ungefragte Antworten fehlt der Zugriff auf Nachrichteninhalte („Message Content Intent“); wer den Bot betreibt, schaltet ihn im Portal und in der Config ein. Bis dahin bleibt beides aus.
settings-saved = Gespeichert.
settings-forgotten = Alles, was ich über diesen Server gespeichert hatte, ist gelöscht.
settings-unknown-work = Diesen Text gibt es nicht. Es gibt: { $works }.
language-de = Deutsch
language-en = Englisch

# Discord: Befehle
command-ask = frage
command-ask-description = Findet die These, die eine Frage beantwortet
command-thesis = these
command-thesis-description = Zeigt Thesen nach ihrer Nummer
command-theses = thesen
command-theses-description = Listet die Thesen und sagt, welche der Quelle fehlen
command-search = suche
command-search-description = Findet alle Stellen zu Wörtern oder ihrem Sinn
command-source = quelle
command-source-description = Sagt, woher die Texte stammen
command-about = info
command-about-description = Was dieser Bot ist
command-help = hilfe
command-help-description = Wie man mit dem Bot spricht
command-privacy = datenschutz
command-privacy-description = Was gespeichert wird und was nicht
command-verify = pruefen
command-verify-description = Löst den Code eines Zitats auf
command-cite = zitat
command-cite-description = Zitiert eine These oder einen Satz für alle
command-settings = einstellungen
command-settings-description = Einstellungen dieses Servers
command-show = zeigen
command-show-description = Zeigt die Einstellungen
command-language = sprache
command-language-description = In welcher Sprache geantwortet wird
command-works = texte
command-works-description = Welche Texte hier befragt werden
command-inline = notation
command-inline-description = Schaltet [[3]] in einem Kanal ein oder aus
command-unasked = ungefragt
command-unasked-description = Schaltet ungefragte Antworten in einem Kanal ein oder aus
command-private = privat
command-private-description = Ob Antworten auf Befehle nur die fragende Person sieht
command-forget = vergessen
command-forget-description = Löscht alles, was über diesen Server gespeichert ist
menu-find = Passende These finden
menu-check = Ist das Zitat genau?
option-question = frage
option-question-description = Auf Deutsch oder Englisch
option-work = text
option-work-description = Nur in diesem Text
option-private = privat
option-private-description = Nur du siehst die Antwort
option-number = nummer
option-number-description = 3, III, 2-4, „1, 3“
option-words = wörter
option-words-description = Was gesucht wird
option-code = code
option-code-description = Der Code unter einem Zitat
option-passage = stelle
option-passage-description = Tippe Nummer oder Worte und wähle
option-language = sprache
option-language-description = Deutsch, Englisch oder die der Frage
option-channel = kanal
option-channel-description = In welchem Kanal
option-on = an
option-on-description = An oder aus

# Discord: Nachfragen
refuse-hidden = Discord zeigt mir nicht, was hier steht. Bitte erwähne mich in der Nachricht.

# Discord: Texte ändern
command-corpus = korpus
command-corpus-description = Ändert die Texte, aus denen geantwortet wird
command-corpus-add = hinzufuegen
command-corpus-add-description = Nimmt einen Text auf oder ersetzt einen
command-corpus-list = liste
command-corpus-list-description = Zeigt die Texte mit Umfang, Prüfsumme und Alter
command-corpus-remove = entfernen
command-corpus-remove-description = Entfernt einen Text und was zu ihm gehört
command-corpus-undo = zurueck
command-corpus-undo-description = Nimmt die letzte Änderung der Texte zurück
option-file = datei
option-file-description = TXT, MD, HTML, PDF oder DOCX bis 5 MB
option-name = name
option-name-description = Unter welchem Namen; einen, den es gibt, ersetzt er
option-title = titel
option-title-description = Wie der Text heißt
option-publisher = herausgeber
option-publisher-description = Wer ihn herausgegeben hat
option-year = jahr
option-year-description = Wann er erschienen ist
option-url = adresse
option-url-description = Wo er steht; beginnt mit https://
option-spoken = sprache
option-spoken-description = In welcher Sprache der Text ist
option-text = text
option-text-description = Welcher Text
corpus-not-allowed = Das dürfen nur die, die in der Config des Bots als Administratoren stehen.
corpus-preview-add = **{ $title }** käme neu dazu, als `{ $name }`.
corpus-preview-replace = **{ $title }** käme an die Stelle des Textes `{ $name }`.
corpus-preview-remove = **{ $title }** würde entfernt, mit allem, was dazugehört (`{ $name }`).
corpus-preview-undo = Zurückgenommen würde die letzte Änderung: { $change }.
corpus-change-add = **{ $title }** aufgenommen
corpus-change-replace = **{ $title }** ersetzt
corpus-change-remove = **{ $title }** entfernt
corpus-change-restore = eine Sicherung eingespielt
corpus-change-undo = eine Änderung an **{ $title }** zurückgenommen
corpus-size = { $theses ->
    [0] { $passages ->
        [1] Keine nummerierte These; ein Absatz.
       *[other] Keine nummerierten Thesen; { $passages } Absätze.
    }
    [1] Eine These: Nummer { $numbers }.
   *[other] { $theses } Thesen: Nummern { $numbers }.
}
corpus-more = … und { $count } weitere
corpus-set-aside = Passt nicht zum neuen Text und fiele weg: { $files }. „Zurück“ bringt es wieder.
corpus-faults = So kann ich den Text nicht aufnehmen:
corpus-refused-format = Ich lese nur Dateien, die auf .txt, .md, .html, .htm, .pdf oder .docx enden.
corpus-refused-large = Die Datei ist zu groß: Ich nehme bis 5 MB.
corpus-refused-same = Genau dieser Text ist schon da.
corpus-refused-unknown = Diesen Text gibt es nicht.
corpus-refused-last = Das ist der letzte Text; ohne Text kann ich nicht antworten.
corpus-refused-url = Die Adresse muss mit https:// oder http:// beginnen.
corpus-refused-gone = Die Datei war bei Discord nicht zu holen. Bitte versuch es noch einmal.
corpus-outdated = Das gilt nicht mehr: Die Texte haben sich seither geändert, oder es ist schon erledigt. Bitte fang neu an.
corpus-busy = Gerade wird eine andere Änderung ausgeführt. Bitte drück gleich noch einmal.
corpus-nothing-to-undo = Es gibt keine Änderung, die ich zurücknehmen könnte.
corpus-working = Ich ändere die Texte …
corpus-building = Ich baue den Index: { $percent } % …
corpus-done = Erledigt: { $change }. Ab jetzt antworte ich daraus.
corpus-failed = Das hat nicht geklappt; ich antworte wie zuvor:
corpus-discarded = Verworfen; nichts ist geändert.
corpus-list-title = Texte ({ $count }), Index gebaut { $age }:
corpus-list-line = - **{ $title }** (`{ $name }`): { $passages ->
    [1] eine Stelle
   *[other] { $passages } Stellen
}, davon Thesen: { $theses }; SHA-256 `{ $hash }`; Datei von { $age }
button-corpus-yes = Übernehmen
button-corpus-no = Verwerfen
