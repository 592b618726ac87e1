"""Quantity: what is planned for an order is what is ordered, no less and no more.

Stock Odoo raises the manufacturing orders of a sale order line, but never lowers them: its
procurement ignores negative quantities. This rule closes the loop. Whoever changes a demand
(a sale order line, the components of a parent manufacturing order) does so inside
``watch()``: it measures before, lets stock work, measures again, and takes away what
nobody needs any more, in the same transaction.
"""

from contextlib import contextmanager

from odoo.tools import SQL, LazyTranslate

from ..tools.quantities import Open, take_away
from .base import Discrepancy, Rule
from .flow import Flow

_lt = LazyTranslate(__name__)

# The order in which orders give way: what nobody has started first.
READINESS = {"draft": 0, "confirmed": 1, "progress": 2, "to_close": 3, "done": 4}


class Quantity(Flow, Rule):
    """Open manufacturing follows the ordered quantity, down as well as up."""

    code = "quantity"
    title = _lt("Quantity: manufacturing follows the order")
    help = _lt(
        "When the ordered quantity of a confirmed sale order line changes, its open "
        "manufacturing orders and those of their components follow in the same moment, never "
        "below what is already on the bench. Keep: the orders are changed. Warn: nothing is "
        "changed, a person gets an activity. Off: Odoo's own behaviour."
    )

    # -- what must hold ----------------------------------------------------------------

    def check(self, records):
        """Give the groups of these manufacturing orders where more is planned than needed."""
        return [
            Discrepancy(group.productions, group.needed, group.supplied)
            for group in self.groups(records.sudo())
            if not group.product.uom_id.is_zero(group.surplus)
        ]

    # -- keeping -----------------------------------------------------------------------

    @contextmanager
    def watch(self, find, cause, ordered=None):
        """Keep what serves a demand in step with it while the body changes the demand.

        ``find`` gives the manufacturing orders concerned, asked before and after (a cancelled
        delivery forgets who fed it). ``ordered`` is what each sale order line asked for
        before. What was planned beyond the demand before the change is somebody's decision
        and stays, except what only stayed because nobody could or should take it away.
        """
        before = find()
        if not any(self.is_on(company) for company in before.company_id):
            yield
            return
        self._lock(before)
        extras = self._extras(before, ordered or {})
        yield
        after = (before | find()).exists()
        self._lock(after - before)
        self._settle_all(after, extras, cause)

    def _lock(self, productions):
        """Make sales and the floor take turns on an order.

        The floor writes the same rows when it records production. Under REPEATABLE READ the
        later of the two gets a serialisation error and Odoo runs its request again on what is
        true by then. ``lock_for_update`` of the ORM would refuse instead of wait.
        """
        still = productions.filtered(lambda p: p.state not in ("done", "cancel"))
        if ids := sorted(still.ids):
            self.env["mrp.production"].flush_model(["state"])
            self.env.execute_query(
                SQL(
                    "SELECT id FROM mrp_production WHERE id = ANY(%s) ORDER BY id"
                    " FOR NO KEY UPDATE",
                    ids,
                )
            )

    def _extras(self, productions, ordered):
        """Return, for each order, its group and what it plans beyond the demand on purpose."""
        extras = {}
        for group in self.groups(productions):
            forced = sum(group.productions.mapped("crm_erp_sync_surplus"))
            extra = group.supplied - max(group.needed, self._ordered(group, ordered)) - forced
            if not group.from_stock:
                extra = max(extra, 0.0)
            extras.update(dict.fromkeys(group.productions.ids, (group, extra)))
        return extras

    def _ordered(self, group, ordered):
        """What the lines asked for before, for orders whose delivery is gone."""
        return sum(
            line.product_uom_id._compute_quantity(ordered.get(line.id, 0.0), group.product.uom_id)
            for line in group.productions.sale_line_id
            if line.product_id == group.product
        )

    def _settle_all(self, productions, extras, cause):
        """Bring every group down to its demand, by its company's policy."""
        spent = set()
        for group in list(self.groups(productions)):
            known = {extras[p.id] for p in group.productions if p.id in extras} - spent
            spent |= known
            company = group.productions.company_id[:1]
            if self.is_on(company):
                self._settle(group, sum(extra for _group, extra in known), cause)

    def _settle(self, group, extra, cause):
        surplus = group.surplus - extra
        uom = group.product.uom_id
        if uom.compare(surplus, 0) <= 0:
            self._settled(group.productions)
        elif self.keeps(group.productions.company_id[:1]):
            self._keep(group, surplus, cause)
        else:
            self._warn(group, surplus, cause)

    def _keep(self, group, surplus, cause):
        self._join(group)
        orders = group.productions.sorted(
            lambda p: (READINESS.get(p.state, 9), p.is_planned, -p.id)
        )
        changed, left = take_away([self._open(p) for p in orders], surplus)
        for production in orders:
            if production.id in changed:
                self._lower(production, changed[production.id], cause)
        if group.product.uom_id.is_zero(left):
            self._settled(orders)
        else:
            self._held(orders.filtered(lambda p: p.state != "cancel"), left, cause)

    def _join(self, group):
        """Let everything that waits in the group wait for everything that serves it.

        Stock links a delivery to the order of its own procurement only. Once orders are taken
        away, what stays has to serve them all, made long ago or not.
        """
        for move in group.demands.filtered(lambda m: m.state != "done"):
            serving = group.supplies.filtered(
                lambda s, m=move: s.state != "done" or s.location_dest_id == m.location_id
            )
            if serving - move.move_orig_ids:
                move.move_orig_ids |= serving

    def _open(self, production):
        unit, own = production.product_id.uom_id, production.product_uom_id
        bench = own._compute_quantity(self.on_the_bench(production), unit, round=False)
        quantity = own._compute_quantity(production.product_qty, unit, round=False)
        return Open(production.id, quantity, bench)

    def _lower(self, production, quantity, cause):
        """Set one order to a new quantity in the product's unit, or cancel it at zero."""
        before = production.product_qty
        after = production.product_id.uom_id._compute_quantity(quantity, production.product_uom_id)
        production = production.with_context(
            skip_activity=True, crm_erp_sync_cause=(cause._name, cause.id)
        )
        if production.product_uom_id.is_zero(after):
            production.action_cancel()
        elif production.state == "draft":
            production.product_qty = after
            self.record_quantity(production, before, after, cause)
        else:
            self._change_quantity(production, after)

    def _change_quantity(self, production, quantity):
        """Let stock's own wizard do it, but leave what lies on the bench as the floor put it."""
        bench = production.qty_producing
        wizard = self.env["change.production.qty"].sudo().with_context(**production.env.context)
        wizard.create({"mo_id": production.id, "product_qty": quantity}).change_prod_qty()
        if bench and production.product_uom_id.compare(bench, production.qty_producing):
            production.qty_producing = bench
            production._set_qty_producing(False)

    def record_quantity(self, production, before, after, cause):
        """Write a change of an order's quantity into the ledger."""
        self.record(
            production,
            "product_qty",
            before,
            after,
            self.env._(
                "%(product)s: %(before)g to make became %(after)g",
                product=production.product_id.display_name,
                before=before,
                after=after,
            ),
            cause,
        )

    def cause(self, production):
        """Return the document that began it all: in the context, else the order itself."""
        model, res_id = self.env.context.get("crm_erp_sync_cause") or (
            production._name,
            production.id,
        )
        return self.env[model].browse(res_id)

    def changed(self, production, before):
        """Take note of a new quantity, by whomever: the sync, procurement or the planner."""
        after = production.product_qty
        if self.is_on(production.company_id) and before != after:
            self.record_quantity(production, before, after, self.cause(production))
        self.review(production)

    def cancelled(self, production, before):
        """Take note of a cancelled order and close what was to be decided about it."""
        if production.state == "cancel" and self.is_on(production.company_id):
            self.record_quantity(production, before, 0.0, self.cause(production))
            self._settled(production)

    def unhandled(self, documents):
        """Leave out the manufacturing orders that this rule looks after."""
        return {
            key: value
            for key, value in documents.items()
            if not (key[0]._name == "mrp.production" and self.is_on(key[0].company_id))
        }

    def review(self, production):
        """Close what was to be decided about an order once somebody has decided."""
        if production.crm_erp_sync_surplus:
            for group in self.groups(production):
                if group.product.uom_id.compare(group.surplus, 0) <= 0:
                    self._settled(group.productions)

    # -- telling -----------------------------------------------------------------------

    def _settled(self, productions):
        """The orders agree with the demand again: nothing is left to decide."""
        for production in productions:
            if production.crm_erp_sync_surplus:
                production.crm_erp_sync_surplus = 0.0
            self.settle(production, self.env._("The quantities agree again."))

    def _held(self, productions, left, cause):
        """What is on the bench stays; say so to a person, on the order that is furthest."""
        self._settled(productions[:-1])
        production = productions[-1:]
        production.crm_erp_sync_surplus = left
        self._tell(production, left, cause, kept=True)

    def _warn(self, group, surplus, cause):
        production = group.productions.sorted("id")[:1]
        production.crm_erp_sync_surplus = surplus
        self._tell(production, surplus, cause, kept=False)

    def _tell(self, production, surplus, cause, kept):
        values = {
            "order": production.display_name,
            "quantity": surplus,
            "unit": production.product_id.uom_id.name,
            "product": production.product_id.display_name,
            "cause": cause.display_name,
        }
        note = self._note_held(values) if kept else self._note_warn(values)
        self.tell(production, self.env._("More in production than ordered"), note)

    def _note_held(self, values):
        return self.env._(
            "%(cause)s now needs %(quantity)g %(unit)s of %(product)s less than %(order)s has "
            "already on the bench. Decide: finish it for stock, or take it off the bench and "
            "lower the order.",
            **values,
        )

    def _note_warn(self, values):
        return self.env._(
            "%(cause)s now needs %(quantity)g %(unit)s of %(product)s less than %(order)s "
            "plans. Nothing was changed. Decide: lower the order, or finish it for stock.",
            **values,
        )

    def _candidates(self, record):
        """The planner, then who answers for the product, then who sold it."""
        company = record.with_company(record.company_id)
        sellers = company.sale_line_id.order_id or company.reference_ids.sale_ids[:1]
        planner = company.user_id or self._parents(company).user_id[:1]
        return planner + company.product_id.responsible_id + sellers.user_id[:1]

    def _parents(self, production):
        return production.production_group_id.parent_ids.production_ids
