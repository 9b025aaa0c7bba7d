/* SPDX-License-Identifier: MIT
 * Write the vectors, and files that are refused or accepted, as C, for programs
 * without files. Runs on the machine that compiles.
 *
 *     pack VECTORS MODELS ... >packed.c */
#include "files.h"

#include <stdint.h>

/* Models of more bytes than this are left out: the smallest machine here has 4
 * MiB for its code and all models. */
enum { LARGEST = 80 * 1024 };

static size_t arrays;

/* Print bytes as 32-bit words, which aligns them, and return the array's
 * number. */
static size_t print_array(const unsigned char *bytes, size_t size)
{
    size_t i, k;
    printf("static const uint32_t array%zu[] = {", arrays);
    for (i = 0; i < size || i == 0; i += 4) {
        uint32_t word = 0;
        for (k = 0; k < 4 && i + k < size; k++)
            word |= (uint32_t)bytes[i + k] << 8 * k;
        printf("%s%luu,", i % 32 == 0 ? "\n" : "", (unsigned long)word);
    }
    printf("\n};\n");
    return arrays++;
}

static size_t print_file(const char *path, size_t *size)
{
    unsigned char *bytes = file_bytes(path, size);
    size_t array = print_array(bytes, *size);
    free(bytes);
    return array;
}

/* A line of the table of cases is added to `table`, its arrays are printed. */
static void print_case(const char *folder, const char *name, FILE *table)
{
    char path[512], key[64], bits[32] = "";
    unsigned number, steps = 0, inputs = 0, outputs = 0;
    size_t model, model_size, input, input_size;
    FILE *file;
    snprintf(path, sizeof path, "%s/%s/case.txt", folder, name);
    if ((file = fopen(path, "r")) == NULL)
        give_up(path);
    while (fscanf(file, "%63s", key) == 1 && strcmp(key, "made") != 0) {
        if (strcmp(key, "steps") == 0 && fscanf(file, "%u", &number) == 1)
            steps = number;
        if (strcmp(key, "inputs") == 0 && fscanf(file, "%u", &number) == 1)
            inputs = number;
        if (strcmp(key, "outputs") == 0 && fscanf(file, "%u", &number) == 1)
            outputs = number;
    }
    fclose(file);
    snprintf(path, sizeof path, "%s/%s/bits.txt", folder, name);
    if ((file = fopen(path, "r")) == NULL || fscanf(file, "%31s", bits) != 1)
        give_up(path);
    fclose(file);
    snprintf(path, sizeof path, "%s/%s/model.safetensors", folder, name);
    model = print_file(path, &model_size);
    snprintf(path, sizeof path, "%s/%s/input.f32", folder, name);
    input = print_file(path, &input_size);
    if (input_size != (size_t)4 * steps * inputs) {
        fprintf(stderr, "%s: not the size that case.txt says\n", path);
        exit(2);
    }
    fprintf(table, "    { \"%s\", 0x%sull, %u, %u, %u, array%zu, %zu, "
            "(const float *)array%zu },\n", name, bits, steps, inputs, outputs,
            model, model_size, input);
}

static size_t size_of(const char *folder, const char *name)
{
    char path[512];
    size_t size;
    snprintf(path, sizeof path, "%s/%s/model.safetensors", folder, name);
    free(file_bytes(path, &size));
    return size;
}

/* The case's own table is printed after its arrays. */
static void print_table(const char *type, FILE *table)
{
    int c;
    printf("\nconst struct %s %ss[] = {\n", type, type);
    rewind(table);
    while ((c = getc(table)) != EOF)
        putchar(c);
    printf("};\nconst size_t %s_count = sizeof %ss / sizeof %ss[0];\n\n", type,
           type, type);
    fclose(table);
}

static FILE *open_table(void)
{
    FILE *table = tmpfile();
    if (table == NULL)
        give_up("tmpfile");
    return table;
}

int main(int count, char **arguments)
{
    struct names names;
    unsigned left_out = 0;
    FILE *table = open_table();
    size_t i;
    int k;
    if (count < 2) {
        fprintf(stderr, "usage: pack VECTORS MODELS ...\n");
        return 2;
    }
    printf("/* Made by Tests/Targets/pack.c. */\n#include \"packed.h\"\n\n");
    names = names_in(arguments[1]);
    for (i = 0; i < names.count; i++) {
        if (size_of(arguments[1], names.name[i]) > LARGEST)
            left_out++;
        else
            print_case(arguments[1], names.name[i], table);
    }
    print_table("vector_case", table);
    printf("const unsigned left_out = %u, largest = %u;\n\n", left_out,
           (unsigned)LARGEST);
    table = open_table();
    for (k = 2; k < count; k++) {
        names = names_in(arguments[k]);
        for (i = 0; i < names.count; i++) {
            char path[512];
            size_t array, size;
            if (strstr(names.name[i], ".txt") != NULL)
                continue;
            snprintf(path, sizeof path, "%s/%s", arguments[k], names.name[i]);
            array = print_file(path, &size);
            fprintf(table, "    { \"%s\", array%zu, %zu },\n", names.name[i],
                    array, size);
        }
    }
    print_table("model_file", table);
    return 0;
}
