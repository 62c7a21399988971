/* The table: sorted by its headings, nulls last; a row and its area on the map are picked together. */
'use strict';
var castmapTable = (function () {
  var table = document.getElementById('areas');
  var rows = table ? Array.prototype.slice.call(table.tBodies[0].rows) : [];
  var heads = table ? Array.prototype.slice.call(table.tHead.rows[0].cells) : [];
  var listeners = [];
  var words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

  document.documentElement.classList.add('scripted');

  function key(row, column) {
    var cell = row.cells[column];
    if (cell.querySelector('.none')) return null;
    return cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent;
  }

  function compare(a, b, down) {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.at - b.at;
    var order = typeof a.key === 'number' ? a.key - b.key : words.compare(a.key, b.key);
    return (down ? -order : order) || a.at - b.at;
  }

  function sort(column) {
    var was = heads[column].getAttribute('aria-sort');
    var down = was ? was === 'ascending' : heads[column].classList.contains('n');
    var list = rows.map(function (row, at) { return { row: row, at: at, key: key(row, column) }; });
    list.sort(function (a, b) { return compare(a, b, down); });
    heads.forEach(function (head) { head.removeAttribute('aria-sort'); });
    heads[column].setAttribute('aria-sort', down ? 'descending' : 'ascending');
    list.forEach(function (entry) { table.tBodies[0].appendChild(entry.row); });
  }

  function mark(index, scroll) {
    rows.forEach(function (row) {
      var on = index !== null && Number(row.dataset.i) === index;
      var button = row.querySelector('th button');
      row.classList.toggle('picked', on);
      if (button) button.setAttribute('aria-pressed', String(on));
      if (on && scroll) {
        var box = table.parentElement;
        box.scrollTop = row.offsetTop - box.clientHeight / 2;
      }
    });
  }

  function wrap(cell) {
    var button = document.createElement('button');
    button.type = 'button';
    while (cell.firstChild) button.appendChild(cell.firstChild);
    cell.appendChild(button);
    return button;
  }

  heads.forEach(function (head, column) {
    wrap(head).addEventListener('click', function () { sort(column); });
  });
  rows.forEach(function (row) {
    var head = row.querySelector('th');
    if (head) wrap(head).setAttribute('aria-pressed', 'false');
    row.addEventListener('click', function () {
      var index = Number(row.dataset.i);
      mark(index, false);
      listeners.forEach(function (listener) { listener(index); });
    });
  });
  return { mark: mark, onPick: function (listener) { listeners.push(listener); } };
}());
