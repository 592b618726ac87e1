"""The arithmetic of progress."""

import random

from odoo.tests import BaseCase, tagged

from ..tools.progress import Line, progress


@tagged("post_install", "-at_install")
class TestProgress(BaseCase):
    def test_examples(self):
        for expected, lines in (
            (0, []),
            (0, [Line(4, 0, 0, 10)]),
            (25, [Line(4, 2, 0, 10)]),
            (50, [Line(4, 4, 0, 10)]),
            (75, [Line(4, 4, 2, 10)]),
            (100, [Line(4, 4, 4, 10)]),
            (100, [Line(4, 0, 4, 10)]),
            (50, [Line(4, None, 2, 10)]),
            (99, [Line(1000, None, 999.99, 10)]),
            (25, [Line(1, None, 1, 0), Line(1, None, 0, 0), Line(2, 0, 0, 0), Line(1, 0, 0, 0)]),
            (100, [Line(0, None, 0, 0)]),
        ):
            with self.subTest(lines=lines):
                self.assertEqual(progress(lines), expected)

    def test_always_from_0_to_100(self):
        dice = random.Random(19)
        for _round in range(1000):
            lines = [
                Line(
                    dice.uniform(-1, 9),
                    dice.choice([None, dice.uniform(-1, 12)]),
                    dice.uniform(-1, 12),
                    dice.uniform(-5, 500),
                )
                for _number in range(dice.randint(0, 5))
            ]
            self.assertIn(progress(lines), range(101))
