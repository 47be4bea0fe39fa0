# Alles, was thesenbot auf Deutsch sagt.

range = { $first } bis { $last }
list = { $most } und { $last }

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
