"""Every table of the operational database, columns only. Rules live in the services that use them.

Times are UTC: epoch seconds (``float``) or, in the event log, microseconds.
"""

from core.db.tables.alerts import AlertRow, AlertRuleRow
from core.db.tables.base import Base
from core.db.tables.customers import AddressRow, BillRow, CustomerPhoneRow, CustomerRow, MeterRow
from core.db.tables.event_log import EventRow
from core.db.tables.installation import (
    AccountRow,
    AgentQueueRow,
    AgentRow,
    BreakReasonRow,
    CalendarRow,
    DefinitionEditRow,
    DialRightRow,
    DidRow,
    FlowDraftRow,
    FlowRow,
    InstallationRow,
    NumberRuleRow,
    QueueRow,
    TrunkRow,
)
from core.db.tables.kpi import KpiSchemeRow
from core.db.tables.people import (
    AuditHeadRow,
    AuditRow,
    LoginPlaceRow,
    RoleRightRow,
    SessionRow,
    UserRow,
)
from core.db.tables.requests import RequestKeyRow
from core.db.tables.rosters import (
    ExpectedCallsRow,
    RosterDraftRow,
    RosterLeaveRow,
    RosterLinkRow,
    RosterSettingsRow,
    RosterShiftRow,
    RosterSwapRow,
    ShiftTemplateRow,
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
    CategoryNameRow,
    CategoryRow,
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
    "CategoryNameRow",
    "CategoryRow",
    "CustomerPhoneRow",
    "CustomerRow",
    "DefinitionEditRow",
    "DialRightRow",
    "DidRow",
    "EventRow",
    "ExpectedCallsRow",
    "FloorLimitRow",
    "FlowDraftRow",
    "FlowRow",
    "InstallationRow",
    "KpiSchemeRow",
    "LoginPlaceRow",
    "MeterRow",
    "NumberRuleRow",
    "OrderSiteMemberRow",
    "OrderSiteRow",
    "QueueOverrideRow",
    "QueueRow",
    "RequestKeyRow",
    "RoleRightRow",
    "RosterDraftRow",
    "RosterLeaveRow",
    "RosterLinkRow",
    "RosterSettingsRow",
    "RosterShiftRow",
    "RosterSwapRow",
    "SessionRow",
    "ShiftTemplateRow",
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
