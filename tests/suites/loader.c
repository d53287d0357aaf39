/* Has its locks in a library. */
int scene(int count, char **words);
const char program[] = SCENE;

int main(int count, char **words)
{
    return scene(count, words);
}
