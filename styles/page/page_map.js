/*
 * The map. Everything it shows comes from the JSON in the page; words reach the page by textContent alone. Where maplibre-gl or WebGL is
 * missing nothing happens here, and the picture stays.
 */
(function () {
  var COLOURED = /^(heat(_\d+)?|cells|areas|flows(_\d+)?|stretches|track_stretches|street_density(_\d+)?)$/; /* layers that colour the whole map: one at a time */
  var PX_PER_MM = 3.7795;
  var data = JSON.parse(document.getElementById('release').textContent);
  var box = document.getElementById('map');
  var still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  var map, areas = null, popup = null, picked = null;

  function say(text) { document.getElementById('said').textContent = text; }

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined && text !== null) element.textContent = text;
    return element;
  }

  function webgl() {
    try {
      var canvas = document.createElement('canvas');
      return !!(window.WebGL2RenderingContext && canvas.getContext('webgl2'));
    } catch (error) { return false; }
  }

  /* ---- sources and style ---- */

  function features(layer) {
    var type = { point: 'Point', line: 'MultiLineString', polygon: 'MultiPolygon' }[layer.shape];
    var classes = layer.style.class_field >= 0 ? layer.fields[layer.style.class_field].values : null;
    return {
      type: 'FeatureCollection',
      features: layer.shapes.map(function (shape, i) {
        return { type: 'Feature', id: i, properties: { i: i, k: classes && classes[i] !== null ? classes[i] : -1 },
                 geometry: { type: type, coordinates: shape } };
      })
    };
  }

  function byClass(layer) {
    if (!layer.style.classes.length) return layer.style.fill || 'rgba(0,0,0,0)';
    var match = ['match', ['get', 'k']];
    layer.style.classes.forEach(function (c, k) { match.push(k, c.hatched || !c.colour ? 'rgba(0,0,0,0)' : c.colour); });
    return match.concat('rgba(0,0,0,0)');
  }

  function hatched(layer) {
    var list = [];
    layer.style.classes.forEach(function (c, k) { if (c.hatched) list.push(k); });
    return list;
  }

  function drawn(layer) {
    var id = layer.id, list = [], style = layer.style, width = Math.max(style.stroke_mm * PX_PER_MM, 0.6);
    var look = { visibility: layer.shown ? 'visible' : 'none' };
    function add(suffix, type, paint, filter, layout) {
      var one = { id: id + suffix, type: type, source: id, layout: Object.assign({}, look, layout), paint: paint };
      if (type === 'line') { one.layout['line-join'] = 'round'; one.layout['line-cap'] = style.dashed ? 'butt' : 'round'; }
      if (filter) one.filter = filter;
      list.push(one);
      layer.parts.push(one.id);
    }
    layer.parts = [];
    if (layer.shape === 'point') {
      if (style.fill || style.classes.length) {
        add('-points', 'circle', { 'circle-color': byClass(layer), 'circle-radius': Math.max(style.size_mm * PX_PER_MM / 2, 2.5),
          'circle-stroke-color': '#ffffff', 'circle-stroke-width': 0.6 });
      }
      return list;
    }
    if (layer.shape === 'polygon') {
      var coloured = COLOURED.test(layer.name) && !layer.backdrop;
      add('-fill', 'fill', { 'fill-color': byClass(layer), 'fill-opacity': coloured ? 0.82 : 1, 'fill-antialias': !coloured });
      if (hatched(layer).length) add('-hatch', 'fill', { 'fill-pattern': 'hatch' }, ['in', ['get', 'k'], ['literal', hatched(layer)]]);
    }
    if (layer.shape === 'line' && style.classes.length) {
      classedLines(layer, add);
      return list;
    }
    if (style.stroke) {
      var paint = { 'line-color': style.stroke,
        'line-width': ['interpolate', ['linear'], ['zoom'], layer.zoom - 1, width * 0.8, layer.zoom + 4, width * 2.5] };
      if (style.dashed) paint['line-dasharray'] = [3, 2];
      add('-line', 'line', paint);
    }
    return list;
  }

  /* Lines whose colour and width follow from their class, with a head in the middle where they have a direction. */
  function classedLines(layer, add) {
    function width(more, times) {
      var match = ['match', ['get', 'k']];
      layer.style.classes.forEach(function (c, k) { match.push(k, (c.stroke_mm || layer.style.stroke_mm) * PX_PER_MM * times + more); });
      return match.concat(more + 1);
    }
    function zoomed(more) { return ['interpolate', ['linear'], ['zoom'], layer.zoom - 1, width(more, 0.9), layer.zoom + 4, width(more, 2)]; }
    var order = { 'line-sort-key': ['get', 'k'] };
    if (layer.style.arrows) add('-casing', 'line', { 'line-color': 'rgba(255,255,255,0.75)', 'line-width': zoomed(2) }, null, order);
    add('-line', 'line', { 'line-color': byClass(layer), 'line-width': zoomed(0) }, null, order);
    if (layer.style.arrows) {
      add('-heads', 'symbol', { 'icon-color': byClass(layer) }, null,
        { 'symbol-placement': 'line-center', 'icon-image': 'head', 'icon-allow-overlap': true, 'icon-ignore-placement': true,
          'icon-size': ['interpolate', ['linear'], ['get', 'k'], 0, 0.8, 4, 2] });
    }
  }

  /* A triangle that points along its line, as distances from its edge (an eighth of the range a pixel); its colour is given where it is used. */
  function headImage() {
    var size = 32, pixels = new Uint8ClampedArray(size * size * 4);
    for (var y = 0; y < size; y++) {
      for (var x = 0; x < size; x++) {
        var slope = (x + 0.5 - 6) * 10, up = ((y + 0.5 - 6) * 20 - slope) / 22.36, down = ((26 - y - 0.5) * 20 - slope) / 22.36;
        pixels.set([255, 255, 255, 255 * (0.75 + Math.min(x + 0.5 - 6, up, down) / 8)], (y * size + x) * 4);
      }
    }
    return { width: size, height: size, data: pixels };
  }

  function hatchImage() {
    var size = 12, pixels = new Uint8ClampedArray(size * size * 4);
    for (var y = 0; y < size; y++) {
      for (var x = 0; x < size; x++) {
        var at = (x + y) % size, a = at === 0 ? 190 : at === 1 || at === size - 1 ? 90 : 0;
        pixels.set([110, 110, 110, a], (y * size + x) * 4);
      }
    }
    return { width: size, height: size, data: pixels };
  }

  /* ---- labels: HTML over the map, nearer to the top of the list first, none on another ---- */

  function makeLabels(layer, board) {
    layer.words = [];
    if (layer.style.label_field < 0) return;
    var values = layer.fields[layer.style.label_field].values;
    values.forEach(function (value, i) {
      var place = layer.labels[i];
      if (value === null || value === '' || !place) return;
      var span = make('span', (layer.name === 'places' || layer.name === 'stretches') && !layer.backdrop ? 'strong' : layer.backdrop ? 'faint' : '', String(value));
      span.hidden = true;
      board.appendChild(span);
      layer.words.push({ span: span, place: place, box: bounds(layer.shapes[i]), width: 0 });
    });
  }

  function bounds(shape) {
    var b = [180, 90, -180, -90];
    (function walk(c) {
      if (typeof c[0] === 'number') {
        b = [Math.min(b[0], c[0]), Math.min(b[1], c[1]), Math.max(b[2], c[0]), Math.max(b[3], c[1])];
      } else { c.forEach(walk); }
    }(shape));
    return b;
  }

  function placeLabels() {
    var width = box.clientWidth, height = box.clientHeight, taken = [];
    data.layers.slice().reverse().forEach(function (layer) {
      layer.words.forEach(function (word) {
        var show = layer.shown, p, a, b, w, h, r;
        if (show) {
          p = map.project(word.place);
          show = p.x > 0 && p.y > 0 && p.x < width && p.y < height;
        }
        if (show && layer.style.min_label_mm > 0 && layer.shape === 'polygon') {
          a = map.project([word.box[0], word.box[1]]);
          b = map.project([word.box[2], word.box[3]]);
          show = Math.abs(b.x - a.x) >= layer.style.min_label_mm * PX_PER_MM;
        }
        if (show) {
          if (!word.width) { word.span.hidden = false; word.width = word.span.offsetWidth; word.height = word.span.offsetHeight; }
          w = word.width / 2 + 2;
          h = word.height / 2 + 1;
          r = [p.x - w, p.y - h, p.x + w, p.y + h];
          show = r[0] > 0 && r[2] < width && !taken.some(function (t) { return r[0] < t[2] && r[2] > t[0] && r[1] < t[3] && r[3] > t[1]; });
        }
        word.span.hidden = !show;
        if (show) {
          taken.push(r);
          word.span.style.transform = 'translate(' + Math.round(r[0] + 2) + 'px,' + Math.round(r[1] + 1) + 'px)';
        }
      });
    });
  }

  /* ---- legend and switches ---- */

  function legend() {
    var to = document.getElementById('legend');
    to.textContent = '';
    var symbols = make('section', 'key'), signs = make('ul');
    function entry(look, label) {
      var item = make('li');
      item.appendChild(make('span', 'swatch ' + look));
      item.appendChild(make('span', '', label));
      return item;
    }
    data.layers.slice().reverse().forEach(function (layer) {
      var part = make('section', 'key'), list = make('ul'), style = layer.style;
      if (!layer.shown || layer.backdrop) return;
      if (!style.classes.length) {
        if (!layer.shapes.length) return;
        signs.appendChild(entry('symbol' + layer.number, layer.title));
        return;
      }
      part.appendChild(make('h3', '', layer.title));
      if (style.legend_title && style.legend_title !== layer.title) part.appendChild(make('p', 'unit', style.legend_title));
      style.classes.forEach(function (c, k) { list.insertBefore(entry('c' + layer.number + '-' + k, c.label), list.firstChild); });
      part.appendChild(list);
      to.appendChild(part);
    });
    symbols.appendChild(signs);
    to.appendChild(symbols);
  }

  function show(layer, on) {
    layer.shown = on;
    layer.parts.forEach(function (id) { map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none'); });
  }

  function refresh() { legend(); placeLabels(); }

  function group(title, layers, kind, changed, folded) {
    if (!layers.length) return;
    var set = make('fieldset'), fold = folded ? make('details') : null;
    if (fold) fold.appendChild(make('summary', '', title));
    set.appendChild(make('legend', folded ? 'hidden-title' : '', title));
    layers.forEach(function (layer) {
      var label = make('label'), input = make('input');
      input.type = kind;
      input.name = kind === 'radio' ? 'colour' : 'layer' + layer.number;
      input.value = layer.name;
      input.checked = layer.shown;
      input.addEventListener('change', function () { changed(layer, input.checked); refresh(); });
      label.appendChild(input);
      label.appendChild(make('span', '', layer.title));
      if (layer.description) label.title = layer.description;
      set.appendChild(label);
    });
    if (fold) fold.appendChild(set);
    document.getElementById('layers').appendChild(fold || set);
  }

  function switches() {
    var full = data.layers.filter(function (l) { return l.shapes.length || l.name === data.main; }); /* what holds nothing is no choice */
    var coloured = full.filter(function (l) { return l.coloured; });
    group('Colour the map by', coloured, 'radio', function (layer) {
      coloured.forEach(function (other) { show(other, other === layer); });
      if (popup) popup.remove();
    });
    group('Also show', full.filter(function (l) { return !l.backdrop && !l.coloured; }), 'checkbox', show);
    group('Background', full.filter(function (l) { return l.backdrop; }), 'checkbox', show, true);
    document.getElementById('layers').addEventListener('submit', function (event) { event.preventDefault(); });
    document.getElementById('layers').hidden = false;
    document.getElementById('legend').hidden = false;
    document.getElementById('hint').hidden = !areas;
  }

  /* ---- picking ---- */

  function words(layer, i, field) {
    var value = field.values[i];
    if (value === null) return /^(count$|rate)/.test(field.name) && notShown(layer, i) ? 'not shown' : 'no data';
    if (!field.number) return value;
    return value.toLocaleString('en-GB', { minimumFractionDigits: field.digits, maximumFractionDigits: field.digits });
  }

  function notShown(layer, i) {
    var f = layer.style.class_field, count = layer.fields.filter(function (field) { return field.name === 'count'; })[0];
    var c = f >= 0 ? layer.style.classes[layer.fields[f].values[i]] : null;
    return !!(c && c.hatched && c.label === 'not shown') || !!(count && count.values[i] === null);
  }

  function heading(layer, i) {
    var name = layer.fields.filter(function (field) { return field.name === 'name' && field.values[i] !== null; })[0];
    return name ? name.values[i] : layer.title;
  }

  function describe(layer, i) {
    var root = make('div', 'pop'), list = make('dl');
    root.appendChild(make('h3', '', heading(layer, i)));
    layer.fields.forEach(function (field, f) {
      if (f === layer.style.class_field || field.name === 'name' || (field.name === 'label' && f === layer.style.label_field)) return;
      if (field.name !== 'count' && field.values.every(function (value) { return value === null; })) return;
      list.appendChild(make('dt', '', field.title));
      list.appendChild(make('dd', '', words(layer, i, field) + (field.number && field.values[i] !== null && /^(m|km)$/.test(field.unit || '') ? ' ' + field.unit : '')));
    });
    root.appendChild(list);
    return root;
  }

  function outline(i) {
    picked = i;
    map.setFilter('picked-line', ['==', ['get', 'i'], i === null ? -1 : i]);
    map.setFilter('picked-halo', ['==', ['get', 'i'], i === null ? -1 : i]);
  }

  function pop(at, layer, i) {
    if (popup) popup.remove();
    popup = new maplibregl.Popup({ maxWidth: '18rem', focusAfterOpen: false }).setLngLat(at).setDOMContent(describe(layer, i)).addTo(map);
    say(heading(layer, i) + ' is marked on the map.');
  }

  function pickArea(i) {
    var b = bounds(areas.shapes[i]);
    outline(i);
    if (popup) popup.remove();
    map.fitBounds([[b[0], b[1]], [b[2], b[3]]], { padding: 90, maxZoom: map.getZoom() > areas.zoom + 2 ? map.getZoom() : areas.zoom + 2, animate: !still });
    pop([(b[0] + b[2]) / 2, (b[1] + b[3]) / 2], areas, i);
  }

  function clicked(event) {
    var ids = [], hit, layer, area;
    data.layers.forEach(function (l) { if (!l.backdrop && l.shown && l.name !== 'boundaries') ids = ids.concat(l.parts.filter(function (id) { return !/-hatch$/.test(id); })); });
    hit = map.queryRenderedFeatures(event.point, { layers: ids })[0];
    area = areas ? map.queryRenderedFeatures(event.point, { layers: ['areas-hit'] })[0] : null;
    if (area) { outline(area.properties.i); castmapTable.mark(area.properties.i, true); }
    if (hit) {
      layer = data.layers.filter(function (l) { return l.id === hit.source; })[0];
      pop(event.lngLat, layer, hit.properties.i);
    } else if (area) {
      pop(event.lngLat, areas, area.properties.i);
    } else {
      if (popup) popup.remove();
      if (areas) outline(null);
      castmapTable.mark(null, false);
    }
  }

  /* ---- start ---- */

  function style() {
    var layers = [{ id: 'ground', type: 'background', paint: { 'background-color': '#f4f2ec' } }], sources = {};
    data.layers.forEach(function (layer) {
      sources[layer.id] = { type: 'geojson', data: features(layer), tolerance: 0.2 };
      layers = layers.concat(drawn(layer));
    });
    if (areas) {
      layers.push({ id: 'areas-hit', type: 'fill', source: areas.id, paint: { 'fill-color': '#000000', 'fill-opacity': 0 } });
      layers.push({ id: 'picked-halo', type: 'line', source: areas.id, filter: ['==', ['get', 'i'], -1], paint: { 'line-color': '#ffffff', 'line-width': 6 } });
      layers.push({ id: 'picked-line', type: 'line', source: areas.id, filter: ['==', ['get', 'i'], -1], paint: { 'line-color': '#c2410c', 'line-width': 3 } });
    }
    return { version: 8, sources: sources, layers: layers };
  }

  function prepare(zoom) {
    data.layers.forEach(function (layer, number) {
      layer.number = number;
      layer.id = 'layer' + number;
      layer.zoom = zoom;
      layer.coloured = !layer.backdrop && COLOURED.test(layer.name);
      layer.shown = layer.backdrop ? layer.visible
        : layer.coloured ? layer.name === data.main : layer.visible || layer.name === 'boundaries' || layer.name === 'places';
      if (!layer.backdrop && layer.name === 'areas') areas = layer;
    });
  }

  function start() {
    var worker = document.getElementById('worker'), b = data.bounds, board = make('div', 'labels');
    var wide = (b[2] - b[0]) * 0.6, high = (b[3] - b[1]) * 0.6;
    box.hidden = false;
    prepare(Math.log2(360 * box.clientWidth / 512 / Math.max(b[2] - b[0], 1e-6)));
    maplibregl.setWorkerUrl(URL.createObjectURL(new Blob([worker.textContent], { type: 'text/javascript' })));
    map = new maplibregl.Map({
      container: box, style: style(), bounds: [[b[0], b[1]], [b[2], b[3]]], fitBoundsOptions: { padding: 12 },
      maxBounds: [[b[0] - wide, Math.max(b[1] - high, -85)], [b[2] + wide, Math.min(b[3] + high, 85)]],
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false,
      fadeDuration: 0, cooperativeGestures: false, maxZoom: 18
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.getCanvas().setAttribute('aria-label', 'Map. The table below holds the same areas.');
    map.addImage('hatch', hatchImage(), { pixelRatio: 2 });
    map.addImage('head', headImage(), { pixelRatio: 2, sdf: true });
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
    map.addControl(new maplibregl.ScaleControl({ unit: 'metric' }), 'bottom-left');
    map.getCanvasContainer().appendChild(board);
    data.layers.forEach(function (layer) { makeLabels(layer, board); });
    map.on('move', placeLabels);
    map.on('resize', placeLabels);
    map.on('click', clicked);
    castmapTable.onPick(function (i) { if (areas) { pickArea(i); } });
    switches();
    refresh();
    document.documentElement.classList.add('live');
    map.once('idle', function () { document.documentElement.classList.add('drawn'); });
  }

  if (typeof maplibregl === 'undefined' || !document.getElementById('worker') || !webgl()) {
    say('This browser cannot draw the map that moves, so a picture of it stands here.');
    return;
  }
  try {
    start();
  } catch (error) {
    box.hidden = true;
    document.documentElement.classList.remove('live');
    document.getElementById('layers').hidden = true;
    say('The map that moves did not start, so a picture of it stands here.');
  }
}());
