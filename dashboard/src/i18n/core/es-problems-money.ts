/** Amounts, payments, deposits and payouts. */
export const esMoneyProblems = {
  AMOUNT_INVALID: [
    'La cantidad de dinero no es válida',
    'Escribe un decimal positivo con no más cifras de las que tiene el activo, como "0.001".',
  ],
  CAP_EXCEEDED: [
    'Un límite de gasto no permite esto',
    'Baja el precio o sube el límite con la cartera de la cuenta. El de un solo job no se libera por sí mismo.',
  ],
  QUOTE_EXPIRED: [
    'El presupuesto ya no está abierto',
    'Pide un presupuesto nuevo y publica el job con él.',
  ],
  QUOTE_MISMATCH: [
    'El presupuesto es de otro job',
    'Publica exactamente lo que se presupuestó o pide un presupuesto para esto.',
  ],
  QUOTE_USED: [
    'El presupuesto ya se usó para un job',
    'Cada presupuesto vale para un job; pide otro.',
  ],
  FUNDS_INSUFFICIENT: [
    'El saldo no alcanza para esto',
    'Deposita al menos lo que falta y envíalo otra vez.',
  ],
  PAYMENT_REQUIRED: [
    'Esta petición hay que pagarla',
    'Envíala con un cliente x402, que paga lo que pide la respuesta, o usa una cuenta.',
  ],
  PAYMENT_PENDING: [
    'El pago está enviado y aún sin confirmar',
    'Envía lo mismo con el mismo pago dentro de un momento; nunca se paga dos veces.',
  ],
  PAYMENT_CONFLICT: [
    'Este id de pago se usó con otro pago',
    'Repite el primer pago tal cual o usa un id nuevo para uno nuevo.',
  ],
  PAYMENT_UNAVAILABLE: [
    'Por ahora no se puede pagar con x402',
    'Inténtalo más tarde o publica el job desde una cuenta.',
  ],
  DEPOSIT_NOT_FOUND: [
    'El depósito todavía no se ve en la cadena',
    'Espera a que la transacción sea definitiva y reclámalo otra vez.',
  ],
  DEPOSIT_INVALID: [
    'La transacción no es un depósito a este mercado desde tu cartera',
    'Envía SOL o el USDC indicado desde tu cartera registrada a la dirección de depósito.',
  ],
  DEPOSIT_CLAIMED: [
    'El depósito ya se abonó a otra cuenta',
    'Cada transacción se abona una vez, a la cuenta que la reclamó primero.',
  ],
  DEPOSIT_STATE_INVALID: [
    'El depósito está en un estado que no permite esto',
    'Mira los depósitos en suspenso; solo esos se pueden asignar o devolver.',
  ],
  DEPOSIT_INTENT_NOT_FOUND: [
    'No existe ese enlace de pago',
    'Revisa el id; solo ves los enlaces de tu propia cuenta.',
  ],
  FAUCET_UNAVAILABLE: [
    'Esta red no tiene grifo de fondos',
    'Solo localnet y devnet regalan fondos; envía dinero a la cartera.',
  ],
  PAYOUT_NOT_FOUND: ['No existe ese pago', 'Revisa el id en la lista de pagos.'],
  PAYOUT_STATE_INVALID: [
    'El pago está en un estado que no permite esto',
    'Lee el pago; su estado y su motivo dicen qué pasó.',
  ],
  PAYOUT_PROOF_PENDING: [
    'La transacción no se ve en la cadena o aún no es definitiva',
    'Comprueba la firma; una transacción nueva necesita medio minuto, pregunta después otra vez.',
  ],
  PAYOUT_PROOF_INVALID: [
    'La transacción no demuestra que se hicieran estos pagos',
    'Búscala en un explorador y nombra los pagos que hizo, todos los de cada cartera.',
  ],
  WALLET_FUNDS_INSUFFICIENT: [
    'La cartera no tiene bastante',
    'Envía lo que falta a la cartera o escribe una cantidad menor.',
  ],
  TRANSACTION_FOREIGN: [
    'La transacción no es la que se preparó aquí',
    'Pide la transacción otra vez y fírmala tal cual.',
  ],
  TRANSACTION_EXPIRED: [
    'La transacción se firmó demasiado tarde para la red',
    'Pide la transacción otra vez y firma esa; esta ya no se puede pagar nunca.',
  ],
  CHAIN_UNAVAILABLE: [
    'La red de Solana no responde',
    'Inténtalo dentro de un momento; no se ha cambiado nada.',
  ],
} as const;
