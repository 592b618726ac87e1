"""Two places where stock's procurement loses count; see the quantity rule."""

from collections import Counter


def exact_components(production, factor):
    """Return the demand of each component for ``factor`` times the quantity, by move.

    Only components that agree with the bill of materials now: what a person changed by hand,
    or what was planned from an older bill, keeps its proportion as in stock.
    """
    bom = production.bom_id
    if not bom or production.state == "draft":
        return {}
    now = _exploded(production, production.product_qty)
    then = _exploded(production, production.product_qty * factor)
    moves = production.move_raw_ids.filtered(lambda m: m.state != "cancel")
    count = Counter(move.bom_line_id.id for move in moves)
    return {
        move.id: then[move.bom_line_id.id]
        for move in moves
        if count[move.bom_line_id.id] == 1
        and move.product_uom == move.bom_line_id.product_uom_id
        and then.get(move.bom_line_id.id)
        and move.product_uom.compare(move.product_uom_qty, now.get(move.bom_line_id.id, 0)) == 0
    }


def _exploded(production, quantity):
    """Return what the bill of materials asks for, by its line."""
    bom = production.bom_id
    factor = production.product_uom_id._compute_quantity(quantity, bom.product_uom_id, round=False)
    _boms, lines = bom.explode(
        production.product_id,
        factor / bom.product_qty,
        picking_type=bom.picking_type_id,
        never_attribute_values=production.never_product_template_attribute_value_ids,
    )
    return {line.id: data["qty"] for line, data in lines}


def orders_to_raise(rule, procurements):
    """Return the orders that stock is about to raise, each with the moves that ask for it."""
    raised = []
    for procurement, stock_rule in procurements:
        moves = procurement.values.get("move_dest_ids")
        if not moves or procurement.product_qty <= 0 or not rule.keeps(procurement.company_id):
            continue
        if production := _order_to_raise(procurement, stock_rule):
            raised.append((production, moves))
    return raised


def _order_to_raise(procurement, stock_rule):
    """Ask for the order as stock does, but only where there is one to be found."""
    references = procurement.values.get("reference_ids")
    family = references.sudo().production_ids if references else ()
    if not any(p.product_id == procurement.product_id for p in family):
        return None
    bom = stock_rule._get_matching_bom(
        procurement.product_id, procurement.company_id, procurement.values
    )
    if bom.enable_batch_size:
        return None
    domain = stock_rule._make_mo_get_domain(procurement, bom)
    return family.search(domain, limit=1)


def link_raised(raised):
    """Let the moves wait for the order that was raised for them."""
    for production, moves in raised:
        finished = production.move_finished_ids.filtered(
            lambda m, p=production: (
                m.product_id == p.product_id and m.state not in ("done", "cancel")
            )
        )
        for move in moves.sudo().exists():
            if finished and not finished & move.move_orig_ids:
                move.move_orig_ids |= finished
