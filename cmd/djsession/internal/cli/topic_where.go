package cli

import "github.com/spf13/cobra"

func whereTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "where",
		Short: "Conditions on values",
		Long: `--where selects sessions by a value in them. It can be given more than once: then all must hold.

  --where cart                  there is a value named cart
  --where 'cart.total>10'       in it, the value of total is more than 10
  --where 'cart.0.sku=tea-100'  the first item of the list has this sku; -1 is the last one
  --where 'cart.*.price>=4.50'  any item has such a price
  --where '*~needle'            any value has this text in it, in large or small letters

The operators are = != < <= > >= and ~. What follows is JSON, or else a text. Numbers are compared as numbers, exactly, also
where the session holds them as texts or Decimals. Texts are compared letter by letter, which is right for ISO dates too. What
a pickle holds and JSON cannot is compared by its repr.`,
	}
}
