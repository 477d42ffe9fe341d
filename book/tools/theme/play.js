// play.js: <trace-opener>, which plays any trace from the reader's disk. It needs loop-player.js,
// and is a classic script like it. The files are read here, in the page: nothing is sent.
(function () {
  'use strict';

  if (!window.customElements || customElements.get('trace-opener')) return;
  const Player = customElements.get('loop-player');

  const CSS = `${Player.css}
.drop { border: 2px dashed var(--soft); border-radius: 10px; padding: 1.2rem 1rem;
  background: var(--panel); }
.drop.over { border-color: var(--accent); border-style: solid; }
.drop p + p { margin-top: .5rem; }
.drop label { display: block; font-weight: 600; margin-bottom: .5rem; }
.hint { color: var(--soft); }
input[type=file] { font: inherit; color: inherit; max-width: 100%; min-height: 2.75rem; }
input[type=file]::file-selector-button { font: inherit; min-height: 2.5rem; padding: .2rem .9rem;
  margin-right: .8rem; border-radius: 7px; border: 1px solid var(--accent); cursor: pointer;
  background: var(--accent); color: var(--bg); }
[role=alert] { color: var(--slow); font-weight: 600; overflow-wrap: anywhere; }
[role=status] { overflow-wrap: anywhere; }
[role=alert]:not(:empty), [role=status]:not(:empty) { margin-top: .8rem; }
@media print { .drop { display: none; } }`;

  const TEMPLATE = `<style>${CSS}</style>
<div class="drop">
  <label for="files">Choose a trace, or drop it anywhere on this page</label>
  <input id="files" type="file" multiple accept=".json,.cpp,.hpp,.cc,.h,.py">
  <p class="hint">Choose the source files along with it, and the player shows the line of each
  step. The files stay on your computer.</p>
  <p role="alert"></p>
  <p role="status"></p>
</div>
<slot></slot>`;

  const isSource = (file) => /\.(cpp|hpp|cc|h|py)$/i.test(file.name);

  class TraceOpener extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: 'open' });
      shadow.innerHTML = TEMPLATE;
      this.sources = new Map();
      this.replaceChildren(); // what stands there for readers without JavaScript
      const input = shadow.querySelector('input');
      input.addEventListener('change', () => this.open([...input.files]));
      this.listenToDrops(shadow.querySelector('.drop'));
    }

    // A file that misses the box must not replace the page.
    listenToDrops(zone) {
      const holdsFiles = (e) => [...e.dataTransfer.types].includes('Files');
      const light = (on) => zone.classList.toggle('over', on);
      document.addEventListener('dragover', (e) => {
        if (!holdsFiles(e)) return;
        e.preventDefault();
        light(true);
      });
      document.addEventListener('dragleave', (e) => { if (!e.relatedTarget) light(false); });
      document.addEventListener('drop', (e) => {
        if (!holdsFiles(e)) return;
        e.preventDefault();
        light(false);
        this.open([...e.dataTransfer.files]);
      });
    }

    async open(files) {
      if (!files.length) return;
      const traces = files.filter((file) => !isSource(file));
      this.say('', '');
      try {
        if (traces.length > 1) throw new Error(`${traces.length} traces at once: choose one`);
        for (const file of files) {
          if (isSource(file)) this.sources.set(file.name, await file.text());
        }
        const [file] = traces;
        const trace = file ? { name: file.name, text: await file.text() } : this.trace;
        if (!trace) throw new Error(`${files[0].name} is a source file: choose a trace too`);
        this.play(trace);
      } catch (error) {
        this.say(error.message, '');
      }
    }

    // A trace that cannot be played leaves the one before in place.
    play(trace) {
      const { name, text } = trace;
      const player = this.querySelector('loop-player') || new Player();
      try {
        player.load(text, { label: name, sources: [...this.sources] });
      } catch (error) {
        throw new Error(`${name} cannot be played: ${error.message}`);
      }
      if (!player.isConnected) this.append(player);
      this.trace = trace;
      this.say('', this.report(player.model, name, text));
    }

    report(model, name, text) {
      const parts = [`${name}: ${model.steps.length} steps.`];
      if (/^\s*\[/.test(text) && !/\]\s*$/.test(text)) {
        parts.push('It has no closing bracket: its program was ended, and this is what it wrote.');
      }
      const missing = model.files().filter((file) => !this.sources.has(file));
      if (missing.length) parts.push(`To see its lines, add ${missing.join(', ')}.`);
      return parts.join(' ');
    }

    say(alert, status) {
      this.shadowRoot.querySelector('[role=alert]').textContent = alert;
      this.shadowRoot.querySelector('[role=status]').textContent = status;
    }
  }

  customElements.define('trace-opener', TraceOpener);
})();
