# All that thesenbot says in English.

range = { $first } to { $last }
list = { $most } and { $last }

# Citation
thesis = Thesis { $number }
introduction = Introduction
passage = Paragraph
announced = { $count ->
    [1] one thesis
    [2] two theses
    [3] three theses
    [4] four theses
    [5] five theses
    [6] six theses
    [7] seven theses
    [8] eight theses
    [9] nine theses
    [10] ten theses
    [11] eleven theses
    [12] twelve theses
   *[other] { $count } theses
}
held = { $count ->
    [1] thesis { $numbers }
   *[other] theses { $numbers }
}

# Answers
answer-number = Here is what you asked for:
answer-meaning = This fits your question best:
answer-several = Several theses answer this:
answer-unsure = I am not sure. Perhaps you mean one of these:
answer-none = The texts hold nothing that fits.
answer-which-work = Several texts have { $numbers }. Which one do you mean?
no-such-thesis = { $title } holds { $held }. Not in it: { $wanted }.
no-such-thesis-announced = The source announces { $announced }; the stored text holds { $held }. Not in it: { $wanted }.
wanted = { $count ->
    [1] thesis { $numbers }
   *[other] theses { $numbers }
}

# What is no question
refuse-empty = That was empty. Ask me something in English or German.
refuse-too-long = That is too long: I read questions of up to { $limit } characters.
refuse-no-words = I find no words in that. Ask me something in English or German.
refuse-other-language = I find nothing that fits. I understand English and German.

# Translation
unofficial-translation = Unofficial translation

# Terminal
chat-hello = Ask in English or German; an empty line ends.
chat-bye = Goodbye.
list-gap = The source announces { $announced }; the stored text holds { $held }.
