/*
 * Chooses the build this browser can run; plain ES5, loaded before everything else, never transpiled.
 * new engine -> ES modules; engine at or above the floor -> legacy chunk; older -> the page "#floor".
 * The page "#floor" also shows when the program cannot be fetched, so nobody is left with a white screen.
 */
(function () {
  var me = document.getElementById('floor-script');
  var root = document.documentElement;

  try {
    if (window.localStorage.getItem('zhigong.elder') === 'on') root.setAttribute('data-elder', '');
  } catch (e) { /* storage may be refused; the normal size is then right */ }

  function plainPage(kind) {
    var page = document.getElementById('floor');
    if (page) page.removeAttribute('hidden');
    var part = document.getElementById('floor-' + kind);
    if (part) part.removeAttribute('hidden');
  }

  function load(src, attributes, done) {
    var script = document.createElement('script');
    for (var name in attributes) script.setAttribute(name, attributes[name]);
    script.onerror = function () { plainPage('network'); };
    if (done) script.onload = done;
    script.src = src;
    document.body.appendChild(script);
  }

  var atFloor = 'noModule' in document.createElement('script') && window.Proxy && window.fetch && window.Promise &&
    window.Promise.allSettled && window.ResizeObserver && window.CSS && window.CSS.supports && window.CSS.supports('color', 'var(--x)');
  if (!atFloor) { plainPage('browser'); return; }

  var modern = window.HTMLScriptElement.supports && window.HTMLScriptElement.supports('importmap') &&
    window.CSS.supports('container-type', 'inline-size') && Array.prototype.findLast && !/[?&]legacy=1/.test(window.location.search);
  if (modern) {
    load(me.getAttribute('data-modern'), { type: 'module', crossorigin: '' });
  } else {
    load(me.getAttribute('data-polyfill'), { crossorigin: '' }, function () {
      window.System['import'](me.getAttribute('data-legacy'))['catch'](function () { plainPage('network'); });
    });
  }
})();
