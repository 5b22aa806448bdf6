/** The operator's page. In English, written by hand like `../fr/operate.ts`. Figures arrive formatted. */
export const operate = {
  operateTitle: "The house",
};

export type OperateWords = typeof operate;
