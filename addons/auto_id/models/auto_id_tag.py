from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import code as code_tool

BINDABLE = [
    "res.partner",
    "product.product",
    "stock.lot",
    "stock.package",
    "stock.location",
    "stock.picking",
    "sale.order",
    "purchase.order",
    "mrp.production",
    "hr.employee",
]


class AutoIdTag(models.Model):
    """A code that stands for one record."""

    _name = "auto_id.tag"
    _description = "Tag"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "code"

    code = fields.Char(
        required=True,
        tracking=True,
        help="What a reader delivers. White space around it, the case of a hexadecimal number and "
        "a symbology identifier in front make no difference.",
    )
    key = fields.Char(
        compute="_compute_key", store=True, precompute=True, help="The code as it is looked up."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="A code may stand for one record in each company.",
    )
    res_model = fields.Selection(
        "_selection_res_model", "Kind", readonly=True, copy=False, index=True
    )
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", readonly=True, copy=False
    )
    reference = fields.Reference(
        "_selection_res_model",
        "Stands for",
        compute="_compute_reference",
        inverse="_inverse_reference",
        help="The customer, product, lot or other record that is meant when this code is read.",
    )
    record_name = fields.Char("Name", compute="_compute_record_name", search="_search_record_name")
    state = fields.Selection(
        [("active", "Active"), ("lost", "Lost"), ("blocked", "Blocked"), ("retired", "Retired")],
        required=True,
        default="active",
        tracking=True,
        help="Only an active tag is followed; a read of any other is refused.",
    )
    note = fields.Char(help="For people only.")

    _key_uniq = models.UniqueIndex(
        "(company_id, key)", "This code is in use already: one code stands for one record."
    )
    _res_index = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.model
    def _selection_res_model(self):
        """The kinds of record a tag may stand for, as far as their apps are installed."""
        return [
            (model, self.env["ir.model"]._get(model).sudo().name)
            for model in BINDABLE
            if model in self.env
        ]

    @api.depends("code")
    def _compute_key(self):
        for tag in self:
            tag.key = tag._normalise(tag.code) if tag.code else False

    @api.depends("res_model", "res_id")
    def _compute_reference(self):
        for tag in self:
            record = tag._record()
            tag.reference = record if record and record.has_access("read") else False

    def _inverse_reference(self):
        for tag in self:
            tag._bind(tag.reference)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_name(self):
        self.record_name = False
        for model, tags in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            records = self.env[model].browse(tags.mapped("res_id")).exists()
            names = {record.id: record.display_name for record in records._filtered_access("read")}
            for tag in tags:
                tag.record_name = names.get(tag.res_id, False)

    def _search_record_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        kinds = self._read_group([("res_model", "!=", False)], ["res_model"])
        return Domain.OR(
            Domain("res_model", "=", model)
            & Domain("res_id", "in", self.env[model]._search([("display_name", operator, value)]))
            for (model,) in kinds
            if model in self.env and self.env[model].has_access("read")
        )

    @api.model
    def _normalise(self, code):
        """The key of ``code``; what is wrong with it is told to the user."""
        try:
            return code_tool.normalise(code)
        except code_tool.CodeError as error:
            raise ValidationError(
                {
                    "empty": self.env._("The code is empty. Scan or type it again."),
                    "too_long": self.env._(
                        "The code has %(found)s characters; at most %(limit)s are understood.",
                        found=len(code),
                        limit=code_tool.MAX_LENGTH,
                    ),
                    "unprintable": self.env._(
                        "The code holds characters that no label carries. "
                        "Check the line speed of the scanner."
                    ),
                }[error.code]
            ) from error

    @api.model
    def _find_by_key(self, company, keys):
        """{key: tag} in any state, for those of ``keys`` that are known: one query."""
        if not keys:
            return {}
        tags = self.sudo().search([("company_id", "=", company.id), ("key", "in", list(keys))])
        return {tag.key: tag for tag in tags}

    def _record(self):
        """The record this tag stands for, or an empty recordset; rights are not looked at."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return self.env["base"]
        return self.env[self.res_model].browse(self.res_id).exists()

    def _bound(self):
        """Those tags whose record exists: one query a kind of record."""
        bound = self.browse()
        for model, tags in self.filtered("res_id").grouped("res_model").items():
            if model in self.env:
                alive = set(self.env[model].browse(tags.mapped("res_id")).exists()._ids)
                bound |= tags.filtered(lambda tag, alive=alive: tag.res_id in alive)
        return bound

    def _reference(self):
        """The record for a client, or None if there is none that the user may see."""
        self.ensure_one()
        record = self._record()
        if not record or not record.has_access("read"):
            return None
        return {"model": record._name, "id": record.id, "name": record.display_name}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if code := vals.get("code"):
                self._normalise(code)
                vals["code"] = code_tool.as_shown(code)
        tags = super().create(vals_list)
        tags._check_sees_record()
        return tags

    def write(self, vals):
        if code := vals.get("code"):
            self._normalise(code)
            vals = {**vals, "code": code_tool.as_shown(code)}
        res = super().write(vals)
        if "res_model" in vals or "res_id" in vals:
            self._check_sees_record()
        return res

    @api.private
    @api.model
    def bind(self, code, record):
        """Let ``code`` stand for ``record`` in the current company."""
        record.ensure_one()
        key = self._normalise(code)
        tag = self._find_by_key(self.env.company, [key]).get(key, self).with_env(self.env)
        if not tag:
            tag = self.create({"code": code})
        holder = tag._record()
        if holder and holder != record:
            raise UserError(
                self.env._(
                    "The code %(code)s stands for %(holder)s already. Unbind it there first.",
                    code=tag.code,
                    holder=holder.display_name
                    if holder.has_access("read")
                    else self.env._("a record that you may not see"),
                )
            )
        if tag.state != "active":
            raise UserError(
                self.env._(
                    "The tag %(code)s is %(state)s. Make it active again before you bind it.",
                    code=tag.code,
                    state=dict(tag._fields["state"]._description_selection(self.env))[tag.state],
                )
            )
        tag._bind(record)
        return tag

    @api.model
    def bind_code(self, code, res_model, res_id):
        """Let ``code`` stand for the record of ``res_model`` with that ID.

        :return: ID of the tag
        """
        if res_model not in dict(self._selection_res_model()):
            raise UserError(self.env._("A tag cannot stand for a record of this kind."))
        record = self.env[res_model].browse(int(res_id)).exists()
        if not record:
            raise UserError(self.env._("The record is gone. Choose another one."))
        return self.bind(str(code), record).id

    def _bind(self, record):
        """Point at ``record``, or at nothing; the history goes to the chatter."""
        self.ensure_one()
        after = {
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
        }
        if after == {name: self[name] or False for name in after}:
            return
        before = self._reference() or {"name": self.env._("nothing")}
        self.write(after)
        self.message_post(
            body=self.env._(
                "Stands for %(after)s now, before: %(before)s.",
                before=before["name"],
                after=record.display_name if record else self.env._("nothing"),
            )
        )

    def _check_sees_record(self):
        """Who binds a tag must see the record. Not a constraint: those run as superuser."""
        for tag in self:
            if record := tag._record():
                record.check_access("read")

    @api.constrains("res_model", "res_id", "company_id")
    def _check_company_of_record(self):
        for tag in self:
            record = tag._record()
            owner = "company_id" in record._fields and record.company_id
            if owner and owner not in tag.company_id.parent_ids:
                raise ValidationError(
                    self.env._(
                        "%(record)s belongs to %(owner)s, but the tag to %(company)s.",
                        record=record.display_name,
                        owner=owner.name,
                        company=tag.company_id.name,
                    )
                )

    def action_unbind(self):
        for tag in self:
            tag._bind(self.env["base"])

    def action_set_state(self):
        """Buttons of the form: the state to take is in the context."""
        self.write({"state": self.env.context["tag_state"]})

    def action_open_record(self):
        self.ensure_one()
        record = self._record()
        if not record:
            raise UserError(self.env._("This tag stands for nothing. Bind it first."))
        return record.get_formview_action()

    def action_open_reads(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_read_action")
        return {**action, "domain": [("tag_id", "=", self.id)], "context": {}}
