#include <stdio.h>

void greet(int number) {
  printf("hello %d from %d bits\n", number, (int) (8 * sizeof(void *)));
}
