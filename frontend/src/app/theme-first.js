// Sets the colour scheme before the first paint. Plain script, no imports: it runs before the rest.
(function () {
  var root = document.documentElement;
  var chosen = 'auto';
  try {
    chosen = localStorage.getItem('callboard-color-scheme') || 'auto';
  } catch (e) {
    /* storage is off: the system's scheme it is */
  }
  var dark =
    chosen === 'dark' ||
    (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
