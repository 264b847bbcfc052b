// Sets how the portal looks before the first paint, and whenever that changes. Plain script, no imports: it runs
// before the rest, and it alone writes these attributes of <html>.
(function () {
  var root = document.documentElement;
  var dark = matchMedia('(prefers-color-scheme: dark)');
  var more = matchMedia('(prefers-contrast: more)');
  var PREFIX = 'callboard-setting/callboard/';
  var told = {}; // what was set since the load, for browsers that store nothing

  function chosen(key) {
    try {
      var text = told[PREFIX + key] || localStorage.getItem(PREFIX + key);
      return text && JSON.parse(text).value;
    } catch (e) {
      return null; // storage is off, or somebody else wrote it: as the system has it
    }
  }

  function apply() {
    var theme = chosen('theme');
    var isDark = theme === 'dark' || (theme !== 'light' && dark.matches);
    var contrast = chosen('contrast');
    root.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
    root.setAttribute('data-contrast', contrast === 'more' || (contrast !== 'normal' && more.matches) ? 'more' : 'normal');
    root.setAttribute('data-density', chosen('density') === 'compact' ? 'compact' : 'comfortable');
    root.setAttribute('data-motion', chosen('motion') === 'reduced' ? 'reduced' : 'auto');
    dispatchEvent(new Event('callboard-looks'));
  }

  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
  addEventListener('storage', apply);
  addEventListener('callboard-setting', function (event) {
    told[event.detail.name] = event.detail.text;
    apply();
  });
  apply();
})();
