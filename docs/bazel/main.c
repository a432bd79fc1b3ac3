void greet(int number);

int main(void) {
  greet(NUMBER);
  return 0;
}
