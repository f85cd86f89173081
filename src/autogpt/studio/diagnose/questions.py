"""Questions: what is asked of a model of each task, in the order in which it is told."""

from collections.abc import Callable, Mapping, Sequence

from autogpt.locale import say
from autogpt.studio.diagnose import (
    answers,
    attention,
    attribution,
    curves,
    drift,
    entities,
    language,
    leaks,
    measures,
    named,
    nearness,
    pairs,
    photos,
    projection,
    ranking,
    reading,
    replies,
    several,
    shortcuts,
    tagging,
    tokenwise,
    weights,
)
from autogpt.studio.diagnose.section import Found, LeftOut
from autogpt.studio.diagnose.subject import Question, Subject, spread
from autogpt.studio.kinds.tokens import is_bio

_TITLES: Mapping[str, Callable[[], str]] = {
    "confusion": lambda: say("Confusion"),
    "calibration": lambda: say("Calibration"),
    "shortcuts": lambda: say("Shortcuts in the data"),
    "attributions": lambda: say("What moved the answer"),
    "attention": lambda: say("Attention"),
    "projection": lambda: say("How they lie"),
    "leaks": lambda: say("Leaks"),
    "drift": lambda: say("Drift"),
    "weights": lambda: say("Weights and gradients"),
}


def questions(subject: Subject) -> Sequence[Question]:
    """All questions, those of the task between the ones that are asked of every model."""
    asked = [
        lambda: measures.measures(subject.scores, len(subject.rows), subject.loaded.checkpoint.task),
        lambda: answers.per_label(subject.scores),
    ]
    return [*asked, *_OF_TASK.get(subject.loaded.checkpoint.task, lambda _: [])(subject), *_of_all(subject)]


def _of_all(subject: Subject) -> list[Question]:
    loaded, rows, train, other = subject.loaded, subject.rows, subject.train, subject.other
    return [
        (lambda: leaks.leaks(rows, train))
        if train is not None
        else _left_out("leaks", say("There are no training rows to look into; give them too (--train).")),
        (lambda: drift.drift(loaded, other, rows))
        if other is not None
        else _left_out("drift", say("There is no other checkpoint to compare with; name one (--against).")),
        (lambda: weights.weights(loaded, rows)) if subject.whole else _without_weights("weights"),
        lambda: curves.curves(loaded.folder),
    ]


def _texts(subject: Subject) -> list[Question]:
    loaded, rows = subject.loaded, subject.rows
    found = answers.Answers.of(loaded, rows)
    return [
        lambda: answers.confusion(found),
        lambda: answers.calibration(found),
        lambda: answers.worst(found),
        lambda: shortcuts.in_rows(found),
        lambda: shortcuts.in_model(loaded, rows, found),
        *_if_whole(
            subject,
            attributions=lambda: attribution.attributions(loaded, found, subject.examples),
            attention=lambda: attention.of_text(loaded, found.texts, found.others),
            projection=lambda: _lie_of_texts(subject, found),
        ),
    ]


def _several(subject: Subject) -> list[Question]:
    loaded = subject.loaded
    marks = several.Marks.of(loaded, subject.rows)
    return [
        lambda: several.confusion(marks),
        lambda: several.thresholds(marks),
        lambda: several.calibration(marks),
        lambda: several.worst(marks),
        lambda: several.shortcuts(marks),
        *_if_whole(
            subject,
            attributions=lambda: several.attributions(loaded, marks, subject.examples),
            attention=lambda: attention.of_text(loaded, marks.texts),
            projection=lambda: several.projection(loaded, subject.rows, marks),
        ),
    ]


def _images(subject: Subject) -> list[Question]:
    loaded, rows = subject.loaded, subject.rows
    found = answers.Answers.of(loaded, rows)
    return [
        lambda: answers.confusion(found),
        lambda: answers.calibration(found),
        lambda: photos.worst(loaded, found),
        lambda: photos.in_rows(loaded, found),
        lambda: photos.in_model(loaded, found),
        *_if_whole(
            subject,
            attributions=lambda: photos.attributions(loaded, found, subject.examples),
            attention=lambda: photos.attention(loaded, found),
            projection=lambda: photos.projection(loaded, rows, found),
        ),
    ]


def _tags(subject: Subject) -> list[Question]:
    loaded = subject.loaded
    spans = entities.Spans.of(loaded, subject.rows)
    labels = loaded.checkpoint.labels
    bio = is_bio(labels)
    inside = _if_whole(
        subject,
        attributions=(lambda: named.attributions(loaded, spans, subject.examples))
        if bio
        else (lambda: tagging.attributions(loaded, spans, subject.examples)),
        attention=lambda: tagging.attention(loaded, spans),
        projection=lambda: tagging.projection(loaded, spans, bio),
    )
    if not bio:
        return [
            lambda: tagging.confusion(spans, labels),
            lambda: tagging.calibration(spans, bio),
            lambda: tagging.worst(spans),
            *inside,
        ]
    return [
        lambda: entities.types(spans),
        lambda: tagging.calibration(spans, bio),
        lambda: entities.worst(spans),
        lambda: entities.seen(spans, subject.train),
        *inside,
    ]


def _language(subject: Subject) -> list[Question]:
    loaded = subject.loaded
    told = reading.readings(loaded, subject.rows)
    return [
        lambda: language.losses(loaded, told, subject.examples),
        lambda: language.confusion(loaded, told),
        lambda: language.calibration(told),
        *_if_whole(
            subject,
            attributions=lambda: tokenwise.attributions(loaded, told, subject.examples),
            attention=lambda: language.attention(loaded, told),
            projection=lambda: language.projection(loaded, told),
        ),
        _left_out("shortcuts", say("There are no labels that could be guessed without reading.")),
    ]


def _rankings(subject: Subject) -> list[Question]:
    loaded = subject.loaded
    found = ranking.Ranking.of(loaded, subject.rows)
    items = loaded.checkpoint.task == "recommendation"
    return [
        lambda: ranking.ranks(found),
        lambda: ranking.likeness(found),
        lambda: ranking.worst(found),
        (lambda: nearness.popularity(found, subject.train)) if items else lambda: nearness.shared_words(found),
        *_if_whole(
            subject,
            attributions=lambda: nearness.attributions(loaded, found, subject.examples),
            attention=lambda: attention.of_text(loaded, found.queries),
            projection=lambda: nearness.projection(loaded, found),
        ),
        _left_out("confusion", say("The answers are no labels.")),
        _left_out("calibration", say("Its numbers are cosines, no probabilities; how they are spread is told above.")),
    ]


def _pairs(subject: Subject) -> list[Question]:
    loaded = subject.loaded
    found = pairs.Preferred.of(loaded, subject.rows)
    number = attention.middling(found.chosen)
    return [
        lambda: pairs.margins(found),
        lambda: pairs.calibration(found),
        lambda: pairs.worst(found),
        lambda: pairs.lengths(found),
        *_if_whole(
            subject,
            attributions=lambda: pairs.attributions(loaded, found, subject.examples),
            attention=lambda: attention.of_ids(loaded, found.encoded[number]["input_ids"], found.chosen[number]),
            projection=lambda: pairs.projection(loaded, found),
        ),
        _left_out("confusion", say("The answers are no labels.")),
    ]


def _replies(subject: Subject) -> list[Question]:
    loaded = subject.loaded
    found = replies.Replies.of(loaded, subject.rows)
    return [
        lambda: replies.rewards(found),
        lambda: replies.worst(found),
        *_if_whole(
            subject,
            attributions=lambda: tokenwise.attributions(loaded, replies.readings(loaded, found), subject.examples),
            attention=lambda: replies.attention(loaded, found),
            projection=lambda: replies.projection(loaded, found),
        ),
        _left_out("confusion", say("The answers are no labels.")),
        _left_out("calibration", say("A verifier gives rewards, no probabilities.")),
        _left_out("shortcuts", say("There are no labels that could be guessed without reading.")),
    ]


def _lie_of_texts(subject: Subject, found: answers.Answers) -> Found:
    places = spread(len(subject.rows), projection.MOST)
    sample = subject.rows.select(places)
    loaded = subject.loaded
    texts = found.whole
    return projection.projection(
        projection.before_last_layer(loaded, sample),
        [found.right[place] for place in places],
        [
            say(
                "{label}, said {said}: {words}",
                label=found.right[place],
                said=found.said[place],
                words=texts[place][:120],
            )
            for place in places
        ],
        say("the vectors of texts before the last layer"),
        say("Colours: the right label. A point among others' colour is an error, or a wrong label."),
    )


def _if_whole(subject: Subject, **asked: Question) -> list[Question]:
    """Questions that look inside the network, where that is possible."""
    return [question if subject.whole else _without_weights(name) for name, question in asked.items()]


def _without_weights(name: str) -> Question:
    return _left_out(name, say("The model is quantised or a graph: its weights and gradients cannot be looked at."))


def _left_out(name: str, why: str) -> Question:
    return lambda: LeftOut(name, _TITLES[name](), why)


_OF_TASK: Mapping[str, Callable[[Subject], list[Question]]] = {
    "text-classification": _texts,
    "text-pair": _texts,
    "multi-label": _several,
    "image-classification": _images,
    "token-classification": _tags,
    "causal-lm": _language,
    "sft": _language,
    "seq2seq": _language,
    "masked-lm": _language,
    "embedding": _rankings,
    "recommendation": _rankings,
    "preference": _pairs,
    "reward": _pairs,
    "policy-gradient": _replies,
}
