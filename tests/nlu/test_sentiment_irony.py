from __future__ import annotations

import numpy as np
import pytest

from nlu.sentiment_irony import with_irony

KIND = np.asarray([[0.1, 0.2, 0.7]])


@pytest.mark.parametrize(
    "text",
    [
        "je vous félicite pour votre rapidité, trois semaines",
        "Bravo, deux heures d'attente.",
        "merci : 6 mois pour une réponse",
        "well done, three weeks for an answer",
        "C'est la troisième fois !",
        "this is already the third time",
    ],
)
def test_praise_of_a_wait_and_mere_repetition_turn_negative(text):
    turned = with_irony(KIND, [text])
    assert turned[0].argmax() == 0
    assert turned.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    [
        "merci, ça marche depuis trois semaines",
        "bravo, réparé en deux heures",
        "c'est la troisième fois que je viens et c'est toujours aussi bon",
        "thank you, I will wait two weeks",
        "trois semaines",
    ],
)
def test_sincere_thanks_and_plain_durations_stay_as_they_are(text):
    assert np.array_equal(with_irony(KIND, [text]), KIND)
