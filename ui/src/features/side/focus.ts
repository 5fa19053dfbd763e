/** The field that finds tenants, while it is shown. */
let field: HTMLInputElement | null = null;

export const setTenantSearch = (element: HTMLInputElement | null) => {
  field = element;
};

export function focusTenantSearch(): void {
  // after a menu has given the focus back
  requestAnimationFrame(() => {
    field?.focus();
    field?.select();
  });
}
