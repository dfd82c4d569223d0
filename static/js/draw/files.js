// @ts-check
/** Files that are dragged onto a page or pasted into it. */

/** The first file of what is dragged or pasted. @param {DataTransfer | null} data */
const carried = (data) => [...(data?.files ?? [])][0];
/** @param {DataTransfer | null} data */
const carriesFile = (data) => [...(data?.types ?? [])].includes('Files');

/**
 * An element that takes the files dropped on it; while one is held over it, it has the class "held".
 * @param {Element} element @param {(file: File) => void} take @param {AbortSignal} signal gives it up
 */
export function mountTarget(element, take, signal) {
  /** @param {Event} event */
  const inside = (event) => event.target instanceof Node && element.contains(event.target);
  /** A file let go beside it would replace the page and end the run: it is turned away. @param {DragEvent} event */
  function held(event) {
    if (!event.dataTransfer || !carriesFile(event.dataTransfer)) return;
    event.preventDefault();
    element.classList.toggle('held', inside(event));
    event.dataTransfer.dropEffect = inside(event) ? 'copy' : 'none';
  }
  /** @param {DragEvent} event */
  function leave(event) {
    if (!event.relatedTarget) element.classList.remove('held');
  }
  /** @param {DragEvent} event */
  function dropped(event) {
    element.classList.remove('held');
    if (!carriesFile(event.dataTransfer)) return;
    event.preventDefault();
    const file = carried(event.dataTransfer);
    if (file && inside(event)) take(file);
  }
  /** @param {ClipboardEvent} event */
  function pasted(event) {
    const file = carried(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    take(file);
  }
  document.addEventListener('dragover', held, { signal });
  document.addEventListener('dragleave', leave, { signal });
  document.addEventListener('drop', dropped, { signal });
  document.addEventListener('paste', pasted, { signal });
  signal.addEventListener('abort', () => element.classList.remove('held'));
}
