# All that thesenbot says in English.

range = { $first } to { $last }
list = { $most } and { $last }
list-more = { $most } and { $count } more

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

# Discord: answers
answer-other = Another passage ({ $at } of { $count }):
answer-context = Before and after it:
answer-candidates = This may fit the message:
answer-cited = { $name } quotes:
answer-shared = { $name } shares:
answer-search = Found: { $count ->
    [1] one passage
   *[other] { $count } passages
}
context-none = There is nothing before or after it.
nothing-to-find = There is nothing in this message to find a thesis for.
nothing-to-check = There is nothing in this message to check.
part = Part { $part } of { $parts }
link = source
list-of = Theses in { $title }
list-translated = In brackets: unofficial translation.
search-rest = Also: { $names }
list-none = { $title } does not number its theses.
no-such-number = That is no number I understand. Examples: 3, III, 2-4, “1, 3”.
many-theses = These are { $count } theses; I show the first { $shown }. Ask for the others by their numbers.

# Discord: buttons
button-page-before = ◀ Part
button-page-after = Part ▶
button-other = Next match
button-sentence = Just the sentence
button-whole = Show all
button-context = Before/after
button-why = Why this one?
button-share = Show everyone
button-delete = Delete
button-helpful = Helpful
button-unhelpful = Not helpful
vote-thanks = Thanks. Only the passage is counted, not who pressed.
delete-refused = Only the person who asked, or who may manage messages, can delete this.
state-gone = This passage is no longer in the texts.
why-intro = How near this passage comes to your question (0 is chance; more is nearer):
why-whole = whole passage
why-sentence = best sentence
why-tokens = word by word in meaning
why-words = shared spelling
why-asked = questions written for it
why-line = { $kind }: { $value }
why-words-shared = Words in common: { $words }
why-no-question = I no longer know the question to this answer.
why-not-found = For this question the passage is not among the best; it came here another way.

# Discord: checking
quote-exact = The quotation is exact.
quote-altered = The quotation differs from the source:
quote-wrong-thesis = The words are of { $found }, not of { $claimed }.
quote-stitched = This is put together from several places:
quote-not-found = These words are in none of the texts.
quote-change = - Source: { $source } · Message: { $quoted }
quote-changes-more = - and { $count } more
quote-nothing = (nothing)
verify-none = Unchanged:
verify-moved = The same words, meanwhile in another place:
verify-words = The wording has changed since it was quoted, or the code is mistyped. It now says:
verify-unknown = There is no passage for this code.

# Discord: information
source-line = { $title }
source-publisher = Publisher: { $value }
source-published-in = Published in: { $value }
source-year = Year: { $value }
source-licence = Rights: { $value }
source-url = Address: { $value }
source-hash = SHA-256 of the source and what lies beside it: { $value }
about = thesenbot { $version } answers with the exact words of a thesis and says where they stand. It writes nothing itself. Texts: { $works }.
help =
    Ask me something: mention me, reply to one of my answers, write to me directly, or use `/ask`.
    `/thesis 3` shows a thesis, `/theses` the list, `/search` looks for words, `/cite` quotes in a discussion, `/verify` resolves the code of a quotation, `/source` says where a text comes from.
    In a message's menu (Apps): “Find matching thesis” and “Is this quote exact?”.
privacy =
    I store nothing about people: no messages, no questions, no names, no user ids, neither on disk nor in logs.
    Stored are, for each server that has settings: the server's id, the language, the texts offered, the channels chosen, and whether replies are private by default (`/settings forget` deletes it at once, and so does removing me from the server); and for each passage, how often it was called helpful or not helpful, without names.
    Who asked how often is kept in memory for one minute, so that nobody floods me. The buttons below an answer hold, at Discord, who asked, so that this person can delete it.

# Discord: errors
error-unexpected = That did not work, and it is my fault. Error code: { $code }
error-too-often = You are asking a lot just now. Please wait { $seconds } seconds.
error-busy = Very many are asking just now. Please try again in a moment.
error-late = That took too long. Please try again.
error-worker = Something broke down while I was searching. Please try again in a moment.
error-stopping = I am being restarted. Please try again in a moment.
error-permission = I may not write here. Please give me “Send Messages” (in threads: “Send Messages in Threads”).
only-you-see = Only you see this: here, replies of apps that people bring along stay private. I reply to all once the server adds me or allows “Use External Apps”.
error-not-allowed = Only those who may manage the server can do that.

# Discord: settings
settings-title = Settings of this server
settings-language = Language of replies: { $value }
settings-language-auto = that of the question
settings-works = Texts: { $value }
settings-all = all
settings-inline = Channels in which I answer [[3]]: { $value }
settings-unasked = Channels in which I answer unasked: { $value }
settings-none = none
settings-private = Replies to commands only for the person who asks: { $value }
settings-yes = yes
settings-no = no
settings-no-intent = Answering [[3]] and answering unasked need the Message Content Intent; whoever runs the bot switches it on in the portal and in the config. Until then both stay off.
settings-saved = Saved.
settings-forgotten = All that I had stored about this server is deleted.
settings-unknown-work = There is no such text. There are: { $works }.
language-de = German
language-en = English

# Discord: commands
command-ask = ask
command-ask-description = Find the thesis that answers a question
command-thesis = thesis
command-thesis-description = Show theses by their number
command-theses = theses
command-theses-description = List the theses, and which ones the source lacks
command-search = search
command-search-description = Find all passages with these words or their meaning
command-source = source
command-source-description = Where the texts come from
command-about = about
command-about-description = What this bot is
command-help = help
command-help-description = How to talk to the bot
command-privacy = privacy
command-privacy-description = What is stored and what is not
command-verify = verify
command-verify-description = Resolve the code of a quotation
command-cite = cite
command-cite-description = Quote a thesis or a sentence for everyone
command-settings = settings
command-settings-description = Settings of this server
command-show = show
command-show-description = Show the settings
command-language = language
command-language-description = Which language replies are in
command-works = works
command-works-description = Which texts are asked here
command-inline = inline
command-inline-description = Switch [[3]] on or off in a channel
command-unasked = unasked
command-unasked-description = Switch unasked answers on or off in a channel
command-private = private
command-private-description = Whether only the person who asks sees replies to commands
command-forget = forget
command-forget-description = Delete all that is stored about this server
menu-find = Find matching thesis
menu-check = Is this quote exact?
option-question = question
option-question-description = In English or German
option-work = work
option-work-description = Only in this text
option-private = private
option-private-description = Only you see the answer
option-number = number
option-number-description = 3, III, 2-4, “1, 3”
option-words = words
option-words-description = What to look for
option-code = code
option-code-description = The code below a quotation
option-passage = passage
option-passage-description = Type a number or words and choose
option-language = language
option-language-description = German, English, or that of the question
option-channel = channel
option-channel-description = In which channel
option-on = on
option-on-description = On or off

# Discord: follow-ups
refuse-hidden = Discord does not show me what is written here. Please mention me in the message.

# Discord: changing the texts
command-corpus = corpus
command-corpus-description = Change the texts that answers come from
command-corpus-add = add
command-corpus-add-description = Add a text, or replace one
command-corpus-list = list
command-corpus-list-description = Show the texts with their size, hash and age
command-corpus-remove = remove
command-corpus-remove-description = Remove a text and what belongs to it
command-corpus-undo = undo
command-corpus-undo-description = Take back the last change of the texts
option-file = file
option-file-description = TXT, MD, HTML, PDF or DOCX of up to 5 MB
option-name = name
option-name-description = Under which name; one that exists is replaced
option-title = title
option-title-description = What the text is called
option-publisher = publisher
option-publisher-description = Who published it
option-year = year
option-year-description = When it was published
option-url = url
option-url-description = Where it can be read; begins with https://
option-spoken = language
option-spoken-description = In which language the text is
option-text = text
option-text-description = Which text
corpus-not-allowed = Only those can do that whom the bot's config names as administrators.
corpus-preview-add = **{ $title }** would be added, as `{ $name }`.
corpus-preview-replace = **{ $title }** would take the place of the text `{ $name }`.
corpus-preview-remove = **{ $title }** would be removed with all that belongs to it (`{ $name }`).
corpus-preview-undo = The last change would be taken back: { $change }.
corpus-change-add = **{ $title }** added
corpus-change-replace = **{ $title }** replaced
corpus-change-remove = **{ $title }** removed
corpus-change-restore = a backup restored
corpus-change-undo = a change of **{ $title }** taken back
corpus-size = { $theses ->
    [0] { $passages ->
        [1] No numbered thesis; one paragraph.
       *[other] No numbered theses; { $passages } paragraphs.
    }
    [1] One thesis: number { $numbers }.
   *[other] { $theses } theses: numbers { $numbers }.
}
corpus-more = … and { $count } more
corpus-set-aside = Does not fit the new text and would go: { $files }. “undo” brings it back.
corpus-faults = I cannot add the text like this:
corpus-refused-format = I only read files that end in .txt, .md, .html, .htm, .pdf or .docx.
corpus-refused-large = The file is too large: I take up to 5 MB.
corpus-refused-same = Exactly this text is there already.
corpus-refused-unknown = There is no such text.
corpus-refused-last = This is the last text; without one I cannot answer.
corpus-refused-url = The address has to begin with https:// or http://.
corpus-refused-gone = The file could not be had from Discord. Please try again.
corpus-outdated = This no longer holds: the texts have changed since, or it is done already. Please start again.
corpus-busy = Another change is being carried out. Please press again in a moment.
corpus-nothing-to-undo = There is no change that I could take back.
corpus-working = Changing the texts …
corpus-building = Building the index: { $percent } % …
corpus-done = Done: { $change }. From now on I answer from it.
corpus-failed = That did not work; I answer as before:
corpus-discarded = Discarded; nothing has changed.
corpus-list-title = Texts ({ $count }), index built { $age }:
corpus-list-line = - **{ $title }** (`{ $name }`): { $passages ->
    [1] one passage
   *[other] { $passages } passages
}, of these theses: { $theses }; SHA-256 `{ $hash }`; file from { $age }
button-corpus-yes = Take it over
button-corpus-no = Discard
