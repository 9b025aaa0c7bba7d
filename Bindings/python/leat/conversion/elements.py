# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Which number of which value each element of a tensor is.

Every value has a number for each sequence b, step t and feature f of the
example. These numbers have ids, counted through all values. A tensor of the
module's program has a tensor of ids of the same shape. What only moves elements
(a transpose, a slice, a stack) is done to the ids, too; so no layout is
guessed.
"""

import torch

from .network import Empty, Refused

CONSTANT = -1  # the id of a number that no value has


class Elements:
    """The values of one trace, and their ids."""

    def __init__(self, batch, steps):
        self.batch, self.steps = batch, steps
        self.values, self.bases, self.base_of, self.next = [], [], {}, 0
        # Why ids below CONSTANT can't be read.
        self.reasons = []

    def add(self, value):
        self.values.append(value)
        self.bases.append(self.next)
        self.base_of[value] = self.next
        self.next += self.batch * self.steps * value.size
        return value

    def unreadable(self, reason):
        """The id of what a refused operation gives: the refusal counts only if
        it is read."""
        self.reasons.append(reason)
        return CONSTANT - len(self.reasons)

    @staticmethod
    def mark(ids):
        """The id of the first refused operation of which one of these is."""
        refused = ids[ids < CONSTANT]
        return int(refused.max()) if refused.numel() else None

    def check(self, ids):
        mark = self.mark(ids)
        if mark is not None:
            raise Refused(self.reasons[CONSTANT - mark - 1])
        if (ids == CONSTANT).any():
            raise Refused("it reads numbers that no layer gives, as zeros")
        if not ids.numel():
            raise Empty("it reads an empty tensor")

    def owners(self, ids):
        """The values that the elements are of."""
        self.check(ids)
        found = (
            torch.searchsorted(
                torch.tensor(self.bases), ids.contiguous(), right=True
            )
            - 1
        )
        return [self.values[index] for index in found.unique().tolist()]

    def owner(self, ids):
        """The one value that all elements are of."""
        owners = self.owners(ids)
        if len(owners) > 1:
            titles = " and ".join(owner.title for owner in owners[:2])
            raise Refused(
                f"it reads {titles} side by side; Leat's layers form a "
                "chain, in which only a sum takes an earlier value"
            )
        return owners[0]

    def split(self, ids, value):
        """The row, which is b * steps + t, and the feature of each element."""
        local = ids - self.base_of[value]
        return local // value.size, local % value.size

    def rows(self, ids):
        """A tensor of features as one value's rows: (value, rows, features).

        Refused if the last dimension isn't features of one step, the same in
        each row.
        """
        value = self.owner(ids)
        rows, features = self.split(ids, value)
        if not (rows == rows[..., :1]).all():
            raise Refused(
                "it reads several steps or sequences at once, expected the "
                "features of one step"
            )
        features = features.reshape(-1, features.shape[-1])
        if not (features == features[:1]).all():
            raise Refused(
                "it reads other features in other steps, expected the same "
                "in all"
            )
        return value, rows[..., 0], features[0]

    def whole_rows(self, ids):
        """The same, refused if it isn't all features in their order."""
        value, rows, features = self.rows(ids)
        if features.tolist() != list(range(value.size)):
            raise Refused(
                f"it reads {len(features)} of the {value.size} features of "
                f"{value.title}, or in another order, expected all of them "
                "in order"
            )
        return value, rows

    def ids(self, value, rows):
        """The ids of all features of some rows."""
        return (
            self.base_of[value]
            + rows.unsqueeze(-1) * value.size
            + torch.arange(value.size)
        )

    def moved(self, ids, source, target):
        """The same elements of another value of the same size."""
        return ids - self.base_of[source] + self.base_of[target]
