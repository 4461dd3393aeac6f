"""The table component's own words in Chinese, as far as our tables show them."""

LOCALE_ZH = {
    "noRowsToShow": "没有数据",
    "loadingOoo": "加载中…",
    "sortAscending": "升序",
    "sortDescending": "降序",
    "sortUnSort": "取消排序",
    "pinColumn": "固定列",
    "pinLeft": "固定在左侧",
    "pinRight": "固定在右侧",
    "noPin": "不固定",
    "autosizeThisColumn": "自动调整此列",
    "autosizeAllColumns": "自动调整所有列",
    "resetColumns": "恢复列",
    "copy": "复制",
    "ariaSortableColumn": "按回车键排序",
    "ariaColumn": "列",
}
