"""What is particular to making language models smaller: other defaults, layers judged in one pass, few tokens read."""

import pytest
import taught
import torch
from datasets import concatenate_datasets

from autogpt.core.errors import UsageError
from autogpt.studio.compress.distill import Student, distill
from autogpt.studio.compress.importance import importance, most_turning
from autogpt.studio.compress.prune import Cut, prune
from autogpt.studio.compress.resize import blocks, sizes
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.model import load


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    return taught.teach("sft", tmp_path_factory.mktemp("sft"), num_hidden_layers=5)


def test_what_is_not_given_is_as_it_was_measured_best_for_the_kind_of_network(chat, reviews):
    decoder, encoder = load(chat.folder).network, load(reviews).network

    assert Cut().of(decoder) == Cut(heads=1, neurons=0.75, depth=0.8)
    assert Cut(neurons=0.5, judged_on=8).of(decoder) == Cut(heads=1, neurons=0.5, depth=0.8, judged_on=8)
    assert Cut(heads=0.5).of(decoder).heads == 0.5
    assert Cut().of(encoder) == Cut()
    assert Cut().of(encoder, "token-classification").layers_of(12) == 9
    assert Cut(depth=0.5).of(encoder, "token-classification").layers_of(12) == 6
    assert Lessons(epochs=2).of("sft", epochs=6) == Lessons(batch=4, learning_rate=2e-4, hidden=0, epochs=2)
    assert Lessons().of("causal-lm", epochs=6) == Lessons(batch=4, learning_rate=2e-4, hidden=0, epochs=6)
    assert Lessons(batch=32).of("causal-lm").batch == 32
    assert Lessons().of("text-classification") == Lessons()


def test_states_that_would_not_be_compared_are_not_asked_for(chat, tmp_path):
    for shrink in (prune, distill):
        with pytest.raises(UsageError, match=r"hidden states of a model for 'sft' are not compared, .* 'hidden' = 0.5"):
            shrink(chat.folder, tmp_path / "small", train=chat.train, rows=chat.rows, lessons=Lessons(hidden=0.5))
    assert not list(tmp_path.iterdir())
    assert Lessons(hidden=0).of("sft").hidden == 0
    assert Lessons(hidden=0.5).of("text-classification").hidden == 0.5


def test_by_default_a_language_model_keeps_its_heads_and_most_of_its_layers(chat, tmp_path):
    shrunk = prune(
        chat.folder, tmp_path / "small", train=chat.train, rows=chat.rows, lessons=Lessons(epochs=1), seconds=0.05
    )

    assert sizes(load(tmp_path / "small").network) == [{"heads": 2, "neurons": 72}] * 4  # of 5 layers, 96 neurons
    assert len(shrunk.extra["kept_layers"]) == 4


def test_a_layer_that_turns_nothing_goes_first(chat):
    loaded = load(chat.folder)
    layer = blocks(loaded.network)[2]
    with torch.no_grad():
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()

    assert most_turning(loaded, chat.rows, 4) == [0, 1, 3, 4]
    assert not loaded.network.model.layers[0]._forward_hooks


@pytest.mark.parametrize("judge", [lambda loaded, rows: most_turning(loaded, rows, 3), importance])
def test_no_more_text_is_read_to_judge_by_than_is_enough(chat, judge):
    loaded = load(chat.folder)
    many = concatenate_datasets([chat.rows] * 40)
    read, rows = [], []

    def look(_, args, inputs):
        read.append(int(inputs["attention_mask"].sum()))
        rows.append(len(inputs["input_ids"]))

    loaded.network.register_forward_pre_hook(look, with_kwargs=True)
    judge(loaded, many)

    assert 4_000 < sum(read) <= 4_096
    assert max(rows) == 4


def test_token_embeddings_learn_where_they_are_to(chat):
    before = load(chat.folder).network.get_input_embeddings().weight.detach().clone()
    for learn in (False, True):
        student = load(chat.folder)
        teach(student, chat.train, Lessons(epochs=1, learning_rate=1e-3, embeddings=learn))
        assert bool((student.network.get_input_embeddings().weight != before).any()) is learn


def test_a_student_of_a_language_model_begins_with_the_layers_that_do_the_most(chat, tmp_path):
    teacher = load(chat.folder)

    shrunk = distill(
        chat.folder, tmp_path / "student", train=chat.train, rows=chat.rows, lessons=Lessons(epochs=1), seconds=0.05
    )

    judged = chat.train.shuffle(seed=0)
    assert shrunk.extra["taught_by_layers"] == most_turning(teacher, judged, 3)  # 0.7 of 5
    assert len(sizes(load(tmp_path / "student").network)) == 3
    assert Student(layers=2).of(teacher.network).layers_of(5) == 2
