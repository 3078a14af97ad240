"""The screens of those who review: their queue, and one evaluation with its conversation."""
