/* The cells of the history: when, how bad, what; each line leads to the calls behind it. */
(function () {
  "use strict";
  const text = window.hotlineText, live = window.hotlineLive;
  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const make = (...all) => window.React.createElement(...all);
  components.HotlineAlertTime = (props) => {
    const at = new Date(props.value);
    return make("span", { title: `${text.day(at)} ${text.clock(at, true)}` }, text.when(at, live.now()), make("span", { className: "ago" }, text.ago(at, live.now())));
  };
  components.HotlineAlertSeverity = (props) => make("span", { className: "alert-level", "data-level": props.data.level }, props.value);
  components.HotlineAlertTitle = (props) => (props.data.href ? make("a", { href: props.data.href, tabIndex: -1 }, props.value) : make("span", {}, props.value));
})();
