/** En français, écrit à la main comme `../en/operate.ts` ; espaces insécables devant les signes doubles. */
import type { OperateWords } from "../en/operate";

export const operate: OperateWords = {
  operateTitle: "La maison",
};
