// What a page can do beyond being read: colours, search, copying, keys. A classic script without
// dependencies, so that it works from a folder. Without it, the page is still all there.
(function () {
  'use strict';

  const find = (selector) => document.querySelector(selector);
  const findAll = (selector) => [...document.querySelectorAll(selector)];
  // Pages of sources lie deeper in the folder.
  const base = document.currentScript.dataset.base || '';

  // --- Colours -------------------------------------------------------------------

  const THEMES = ['auto', 'light', 'dark'];

  function storeTheme(theme) {
    try {
      if (theme === 'auto') localStorage.removeItem('theme');
      else localStorage.setItem('theme', theme);
    } catch {
      // A browser that forbids storage forgets the choice with the page.
    }
  }

  function setUpTheme() {
    const { dataset } = document.documentElement;
    const button = find('#theme');
    const show = () => {
      const theme = dataset.theme || 'auto';
      button.querySelector('.theme-name').textContent = theme;
      button.setAttribute('aria-label', `Colours: ${theme}`);
    };
    button.addEventListener('click', () => {
      const now = THEMES.indexOf(dataset.theme || 'auto');
      const next = THEMES[(now + 1) % THEMES.length];
      if (next === 'auto') delete dataset.theme;
      else dataset.theme = next;
      storeTheme(next);
      show();
    });
    show();
  }

  // --- Copying ---------------------------------------------------------------------

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Older browsers have no clipboard for pages from a folder.
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  }

  function addCopyButton(figure) {
    const code = figure.querySelector('code');
    const what = figure.classList.contains('listing') ? 'listing' : 'command';
    const button = document.createElement('button');
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy the ${what}`);
    button.addEventListener('click', async () => {
      await copy(code.dataset.copy ?? code.textContent.replace(/\n$/, ''));
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
      button.focus();
    });
    figure.append(button);
  }

  // --- Boxes that scroll -------------------------------------------------------------

  /** Only what does scroll needs to be reached with the tab key. */
  function setUpScrolling() {
    const boxes = findAll('pre[tabindex], .table[tabindex], figure.diagram[tabindex]');
    const update = () => boxes.forEach((box) => {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    });
    new ResizeObserver(update).observe(document.body);
    update();
  }

  // --- Search ---------------------------------------------------------------------------

  const HITS = 12;
  const EXCERPT = 200;
  let engine;

  function load(file) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = base + file;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${file} cannot be loaded`));
      document.head.append(script);
    });
  }

  /** The index is larger than a page: it is loaded when the first search begins. */
  async function loadEngine() {
    if (engine) return;
    await Promise.all(['minisearch.js', 'search.js', 'search-index.js'].map(load));
    engine = MiniSearch.loadJSON(window.BOOK_INDEX, BookSearch.OPTIONS);
  }

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function hitItem(hit, close) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = base + hit.url;
    link.addEventListener('click', close);
    link.append(element('b', hit.title), ' ', element('small', hit.page));
    const text = document.createElement('span');
    for (const part of BookSearch.excerpt(hit.sentences, hit.terms, EXCERPT)) {
      text.append(part.hit ? element('mark', part.text) : part.text);
    }
    link.append(text);
    item.append(link);
    return item;
  }

  function counted(found) {
    if (found === 0) return 'Nothing found';
    if (found > HITS) return `The best ${HITS} of ${found} places`;
    return found === 1 ? '1 place' : `${found} places`;
  }

  function setUpSearch() {
    const dialog = find('#search');
    const input = find('#query');
    const list = find('#hits');
    const count = find('#count');

    function show() {
      const typed = input.value.trim();
      const hits = engine ? BookSearch.ask(engine, typed) : [];
      list.replaceChildren(...hits.slice(0, HITS).map((hit) =>
        hitItem(hit, () => dialog.close())));
      count.textContent = typed && counted(hits.length);
    }

    async function open() {
      dialog.showModal();
      input.select();
      try {
        await loadEngine();
        show();
      } catch (error) {
        count.textContent = `The search does not work: ${error.message}`;
      }
    }

    function moveFocus(event, step) {
      const links = [...list.querySelectorAll('a')];
      const next = links.indexOf(document.activeElement) + step;
      if (next >= links.length) return;
      event.preventDefault();
      (links[next] || input).focus();
    }

    input.addEventListener('input', show);
    find('#find').addEventListener('click', open);
    dialog.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        // The field would take the first press to empty itself.
        event.preventDefault();
        dialog.close();
      }
      if (event.key === 'ArrowDown') moveFocus(event, 1);
      if (event.key === 'ArrowUp' && document.activeElement !== input) moveFocus(event, -1);
      if (event.key === 'Enter' && document.activeElement === input) {
        event.preventDefault();
        list.querySelector('a')?.click();
      }
    });
    return open;
  }

  // --- Keys ------------------------------------------------------------------------------

  // What has a use for the keys itself keeps them.
  const KEEPS_KEYS = 'input, textarea, select, summary, [contenteditable], [tabindex="0"], '
    + 'dialog, loop-player, trace-opener';

  /** The player nearest to the middle of the window, of those that are in view. */
  function playerInView() {
    const distance = (player) => {
      const { top, bottom, height } = player.getBoundingClientRect();
      return height && bottom > 0 && top < innerHeight
        ? Math.abs((top + bottom - innerHeight) / 2) : Infinity;
    };
    const [nearest] = findAll('loop-player').sort((a, b) => distance(a) - distance(b));
    return nearest && distance(nearest) < Infinity ? nearest : null;
  }

  /** Left and right turn the page, except while there is a player to look at: they move that. */
  function turn(key) {
    const player = playerInView();
    if (player) player.act(key === 'ArrowRight' ? 'next' : 'back');
    else find(`a[rel=${key === 'ArrowRight' ? 'next' : 'prev'}]`)?.click();
  }

  function setUpKeys(openSearch) {
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (find('dialog[open]') || event.target.closest(KEEPS_KEYS)) return;
      if (event.key === '/') {
        event.preventDefault();
        openSearch();
      }
      if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') turn(event.key);
    });
  }

  /** The page of contents beside the text shows where the reader is. */
  function setUpPlace() {
    const links = new Map(findAll('#book-contents .sections a').map((link) => [link.hash, link]));
    const headings = findAll('article h2[id]');
    if (links.size === 0 || headings.length === 0) return;
    const update = () => {
      const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
      const atEnd = scrollTop + clientHeight > scrollHeight - 2;
      const past = headings.filter((heading) => atEnd || heading.getBoundingClientRect().top < 120);
      for (const link of links.values()) link.removeAttribute('aria-current');
      links.get(`#${past.at(-1)?.id}`)?.setAttribute('aria-current', 'true');
    };
    document.addEventListener('scroll', update, { passive: true });
    update();
  }

  /** On a phone the contents cover the page: a link in them also closes them. */
  function setUpContents() {
    const contents = find('#book-contents');
    if (!contents?.hidePopover) return;
    contents.addEventListener('click', (event) => {
      if (event.target.closest('a') && contents.matches(':popover-open')) contents.hidePopover();
    });
  }

  // --- Progress ---------------------------------------------------------------------------

  // Where the reader was last, and what has been read to its end. It stays in this browser.
  const PROGRESS = 'progress';

  function readProgress() {
    try {
      const { last, read } = JSON.parse(localStorage.getItem(PROGRESS)) || {};
      return { last, read: Array.isArray(read) ? read : [] };
    } catch {
      return { read: [] }; // storage is forbidden, or holds something else
    }
  }

  function storeProgress(change) {
    try {
      localStorage.setItem(PROGRESS, JSON.stringify({ ...readProgress(), ...change }));
    } catch {
      // A browser that forbids storage forgets the place with the page.
    }
  }

  const contentsLink = (name) => find(`#book-contents a[href="${CSS.escape(name)}"]`);

  function markRead(name) {
    const link = contentsLink(name);
    if (!link || link.querySelector('.read')) return;
    const mark = element('span', ' ✓');
    mark.className = 'read';
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', ', read');
    link.append(mark);
  }

  /** The home page offers to go on. */
  function offerToGoOn({ last, read }) {
    const link = last && contentsLink(last);
    if (!link) return;
    const words = [...link.childNodes]
      .filter((node) => !(node.classList && node.classList.contains('read')))
      .map((node) => node.textContent).join('. ');
    const line = element('p', 'Go on with ');
    line.className = 'go-on';
    const again = element('a', words);
    again.href = last;
    const forget = element('button', 'Forget this');
    forget.type = 'button';
    forget.addEventListener('click', () => {
      storeProgress({ last: undefined, read: [] });
      line.remove();
      findAll('.read').forEach((mark) => mark.remove());
    });
    const pages = read.length === 1 ? '1 page is' : `${read.length} pages are`;
    line.append(again, `. ${pages} read. `, forget);
    find('article > ul')?.before(line);
  }

  function setUpProgress() {
    const here = find('#book-contents [aria-current=page]');
    if (!here) return;
    const name = here.getAttribute('href');
    const progress = readProgress();
    progress.read.forEach(markRead);
    if (name === 'index.html') {
      offerToGoOn(progress);
      return;
    }
    storeProgress({ last: name });
    new IntersectionObserver(([{ isIntersecting }], observer) => {
      if (!isIntersecting) return;
      observer.disconnect();
      storeProgress({ read: [...new Set([...readProgress().read, name])] });
      markRead(name);
    }).observe(find('.neighbours'));
  }

  setUpTheme();
  findAll('figure.listing, figure.commands, figure.transcript').forEach(addCopyButton);
  setUpScrolling();
  setUpPlace();
  setUpContents();
  setUpProgress();
  setUpKeys(setUpSearch());
})();
