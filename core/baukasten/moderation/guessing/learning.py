"""The process that learns: reads decided texts, writes the weights of words, and ends.

``python -m baukasten.moderation.guessing.learning``: scikit-learn takes more memory than a whole worker, and stays out
of it this way.
"""

import json
import sys
from typing import Any

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from baukasten.moderation.guessing.words import words

SEEN_IN = 3
"""Decisions that a word must occur in: rare ones, such as names, are neither learnt nor kept."""
MOST_WORDS = 1_000


def main() -> None:
    """Read ``[[text, whether there was a measure], …]`` from standard input, write bias and weights."""
    examples: list[tuple[str, bool]] = json.load(sys.stdin)
    json.dump(learn(examples), sys.stdout)


def learn(examples: list[tuple[str, bool]]) -> dict[str, Any]:
    """Give the bias and the weights of the words that tell most, by logistic regression over their presence."""
    count = CountVectorizer(analyzer=words, binary=True, min_df=SEEN_IN)
    seen = count.fit_transform([text for text, _judged in examples])
    model = LogisticRegression(class_weight="balanced", max_iter=1_000)
    model.fit(seen, [judged for _text, judged in examples])
    weighed = zip(count.get_feature_names_out(), model.coef_[0], strict=True)
    strongest = sorted(weighed, key=lambda pair: (-abs(pair[1]), pair[0]))[:MOST_WORDS]
    return {
        "bias": round(float(model.intercept_[0]), 4),
        "weights": {str(word): round(float(weight), 4) for word, weight in strongest},
    }


if __name__ == "__main__":
    main()
