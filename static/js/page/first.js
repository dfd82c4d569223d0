// @ts-check
/**
 * Runs before anything is painted (a plain script in the head, since modules wait), so that no page flashes light before
 * it is dark: the theme that the address names, else the one chosen before, stands as `data-theme` on the root element.
 */
{
  /** Storage may be off: then nothing was chosen before. */
  const remembered = () => {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null;
    }
  };
  const asked = [new URLSearchParams(location.search).get('theme'), remembered()];
  const chosen = asked.find((word) => word === 'light' || word === 'dark');
  if (chosen) document.documentElement.dataset.theme = chosen;
}
