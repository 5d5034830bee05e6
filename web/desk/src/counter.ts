/** Words about payments that the desk shows. */
import type { FlagKind } from '@api/counter';

export const flagWords: Record<FlagKind, { title: string; why: string }> = {
  person_often: { title: '会员短时间多次付款', why: '可能是分单、代刷，也可能是聚餐分次结账。' },
  shop_burst: { title: '门店集中收款', why: '可能是活动日、午市高峰，也可能是集中套现。' },
  pair_often: { title: '同一会员在同一门店反复付款', why: '可能是分次购买，也可能是套现。' },
  refunds_many: { title: '门店退款较多', why: '可能是促销退货，也可能是先付后退换现金。' },
};
