"""Every table of the operational database, columns only. Rules live in the services that use them.

Times are UTC: epoch seconds (``float``) or, in the event log, microseconds.
"""

from core.db.tables.alerts import AlertRow, AlertRuleRow
from core.db.tables.base import Base
from core.db.tables.customers import AddressRow, BillRow, CustomerPhoneRow, CustomerRow, MeterRow
from core.db.tables.event_log import EventRow
from core.db.tables.people import (
    AuditHeadRow,
    AuditRow,
    LoginPlaceRow,
    RoleRightRow,
    SessionRow,
    UserRow,
)
from core.db.tables.rosters import (
    RosterDraftRow,
    RosterLeaveRow,
    RosterLinkRow,
    RosterSettingsRow,
    RosterShiftRow,
    RosterSwapRow,
    ShiftTemplateRow,
)
from core.db.tables.site import (
    AccountRow,
    AgentQueueRow,
    AgentRow,
    BreakReasonRow,
    CalendarRow,
    CategoryRow,
    DialRightRow,
    DidRow,
    FlowRow,
    NumberRuleRow,
    QueueRow,
    SiteRow,
    TrunkRow,
)
from core.db.tables.supervision import (
    AnnouncementRow,
    CallMarkRow,
    FloorLimitRow,
    QueueOverrideRow,
    StaffMessageRow,
)
from core.db.tables.workorders import (
    CalendarVersionRow,
    OrderCategoryRow,
    OrderSiteMemberRow,
    OrderSiteRow,
    WorkflowDefinitionRow,
    WorkOrderClockRow,
    WorkOrderEventRow,
    WorkOrderNoticeRow,
    WorkOrderNumberRow,
    WorkOrderRow,
)

__all__ = [
    "AccountRow",
    "AddressRow",
    "AgentQueueRow",
    "AgentRow",
    "AlertRow",
    "AlertRuleRow",
    "AnnouncementRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "BillRow",
    "BreakReasonRow",
    "CalendarRow",
    "CalendarVersionRow",
    "CallMarkRow",
    "CategoryRow",
    "CustomerPhoneRow",
    "CustomerRow",
    "DialRightRow",
    "DidRow",
    "EventRow",
    "FloorLimitRow",
    "FlowRow",
    "LoginPlaceRow",
    "MeterRow",
    "NumberRuleRow",
    "OrderCategoryRow",
    "OrderSiteMemberRow",
    "OrderSiteRow",
    "QueueOverrideRow",
    "QueueRow",
    "RoleRightRow",
    "RosterDraftRow",
    "RosterLeaveRow",
    "RosterLinkRow",
    "RosterSettingsRow",
    "RosterShiftRow",
    "RosterSwapRow",
    "SessionRow",
    "ShiftTemplateRow",
    "SiteRow",
    "StaffMessageRow",
    "TrunkRow",
    "UserRow",
    "WorkOrderClockRow",
    "WorkOrderEventRow",
    "WorkOrderNoticeRow",
    "WorkOrderNumberRow",
    "WorkOrderRow",
    "WorkflowDefinitionRow",
]
