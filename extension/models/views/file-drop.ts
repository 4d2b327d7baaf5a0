// `<file-drop>`: files of this computer, chosen or dropped.

import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';

const DRAGS = ['dragover', 'drop'] as const;

/** A file that misses would be opened in the page's place. */
function keepPage(event: DragEvent): void {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
}

export class FileDrop extends HTMLElement {
  /** Called with what was chosen or dropped; never with nothing. */
  onFiles: (files: File[]) => void = () => {};

  connectedCallback(): void {
    for (const type of DRAGS) window.addEventListener(type, keepPage);
    if (this.childElementCount > 0) return;
    const input = h('input', {
      class: 'unseen',
      attributes: { type: 'file', multiple: true, accept: '.gguf', tabindex: -1, 'aria-hidden': 'true' },
      on: {
        change: () => {
          this.#give(input.files);
          // The same file can be chosen again.
          input.value = '';
        },
      },
    });
    const choose = h('button', { class: 'button', attributes: { type: 'button' }, on: { click: () => input.click() } }, t('modelsAdd'));
    this.append(choose, input, h('p', {}, t('modelsDrop')));
    this.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.dataset['over'] = '';
    });
    this.addEventListener('dragleave', () => delete this.dataset['over']);
    this.addEventListener('drop', (event) => {
      event.preventDefault();
      delete this.dataset['over'];
      this.#give(event.dataTransfer?.files ?? null);
    });
  }

  disconnectedCallback(): void {
    for (const type of DRAGS) window.removeEventListener(type, keepPage);
  }

  #give(files: FileList | null): void {
    if (files && files.length > 0) this.onFiles([...files]);
  }
}
