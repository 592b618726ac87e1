"""Measuring: which manufacturing orders serve which demand, and how much of it."""


class Group:
    """Manufacturing orders that serve the same demand, measured in the product's unit."""

    def __init__(self, productions, demands, supplies):
        self.productions = productions
        self.demands = demands
        self.supplies = supplies
        self.product = productions.product_id[:1]
        self.needed = sum(map(self._measure, demands))
        self.supplied = sum(map(self._measure, supplies))
        if self.surplus > 0:
            self.supplied -= self._vanished()

    def _measure(self, move):
        """A move counts with what it did, or with what it still plans to do."""
        if move.state != "done":
            return move.product_qty
        return move.product_uom._compute_quantity(
            move.quantity, move.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _vanished(self):
        """What was made for this demand but is no longer there: lost, or given to others."""
        done = sum(self._measure(m) for m in self.supplies if m.state == "done")
        done -= sum(self._measure(m) for m in self.demands if m.state == "done")
        if done <= 0 or not self.product.is_storable:
            return 0.0
        places = self.demands.location_id or self.supplies.location_dest_id
        waiting = self.demands.filtered(lambda m: m.state != "done")
        reserved = sum(
            m.product_uom._compute_quantity(m.quantity, self.product.uom_id) for m in waiting
        )
        free = self.product.with_context(location=places.ids).free_qty
        return max(done - reserved - max(free, 0.0), 0.0)

    @property
    def surplus(self):
        """Planned and made beyond the demand."""
        return self.supplied - self.needed

    @property
    def from_stock(self):
        """Whether a part of the demand may have been taken from stock."""
        return "mts_else_mto" in self.demands.rule_id.mapped("procure_method")


class Flow:
    """The part of the quantity rule that looks, and changes nothing."""

    def productions_of_lines(self, lines):
        """Return the manufacturing orders of the first level that serve these lines."""
        lines = lines.sudo()
        productions = self.feeding(lines.move_ids)
        of_orders = lines.order_id.stock_reference_ids.production_ids
        return productions | of_orders.filtered(lambda p: p.sale_line_id in lines)

    def feeding(self, moves):
        """Return the manufacturing orders whose products these moves wait for."""
        moves = moves.sudo()
        productions, seen = moves.env["mrp.production"], moves
        while moves:
            moves = moves.move_orig_ids.filtered(lambda m: m.state != "cancel") - seen
            seen |= moves
            productions |= moves.production_id
            moves = moves.filtered(lambda m: not m.production_id)
        return productions

    def groups(self, productions):
        """Part the orders into groups that serve the same demand."""
        left = productions.filtered(lambda p: p.state != "cancel")
        while left:
            group = self._group(left[:1])
            left -= group.productions
            yield group

    def _group(self, production):
        """Widen one order to all that share its demand or its sale order line."""
        productions, size = production, 0
        while len(productions) != size:
            size = len(productions)
            finished = self._finished(productions)
            demands = finished.move_dest_ids.filtered(self._is_alive)
            origins = demands.move_orig_ids.filtered(self._is_alive)
            siblings = origins.production_id | self._of_same_lines(productions)
            productions |= siblings.filtered(lambda p: p.product_id == production.product_id)
        detached = finished.filtered(lambda m: not m.move_dest_ids.filtered(self._is_alive))
        return Group(productions, demands, origins | detached)

    def _is_alive(self, move):
        return move.state != "cancel"

    def _finished(self, productions):
        return productions.move_finished_ids.filtered(
            lambda m: m.state != "cancel" and m.product_id == m.production_id.product_id
        )

    def _of_same_lines(self, productions):
        lines = productions.sale_line_id
        family = lines.order_id.stock_reference_ids.production_ids
        return family.filtered(lambda p: p.sale_line_id in lines and p.state != "cancel")

    def on_the_bench(self, production):
        """Return what can not be taken back any more, in the order's unit."""
        if production.state == "done":
            return production.product_qty
        bench = max(
            production.qty_producing,
            production.qty_produced,
            *production.workorder_ids.mapped("qty_produced"),
            0.0,
        )
        if production.product_tracking == "serial":
            bench = max(bench, len(production.lot_producing_ids))
        if not bench:
            used = production.move_raw_ids.filtered(lambda m: m.picked and m.unit_factor)
            bench = max((m.quantity / m.unit_factor for m in used), default=0.0)
        return min(bench, production.product_qty)
