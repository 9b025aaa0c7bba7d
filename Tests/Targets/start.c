/* SPDX-License-Identifier: MIT
 * The start of a Cortex-M program on qemu's MPS boards, whose loader has put
 * all sections in place. It prints through newlib's semihosting. */
#include <stdint.h>
#include <stdlib.h>

extern char bss_start[], bss_end[], stack_top[];
extern void initialise_monitor_handles(void);
int main(void);

static void __attribute__((noreturn)) reset(void)
{
    char *byte;
    *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20; /* CPACR: the FPU is on */
    __asm__ volatile("dsb\n\tisb");
    for (byte = bss_start; byte < bss_end; byte++)
        *byte = 0;
    initialise_monitor_handles();
    exit(main());
}

/* Every fault ends here: print that, and exit with a failure. */
static void __attribute__((noreturn)) fault(void)
{
    const char *words = "the processor faulted\n";
    register uint32_t operation __asm__("r0") = 0x04; /* SYS_WRITE0 */
    register const char *argument __asm__("r1") = words;
    __asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(argument) : "memory");
    _Exit(1);
}

/* newlib's exit() needs it. */
void _fini(void) {}

__attribute__((section(".vectors"), used)) static const struct {
    void *stack;
    void (*handlers[15])(void);
} vectors = {
    stack_top,
    { reset, fault, fault, fault, fault, fault, fault, fault, fault, fault,
      fault, fault, fault, fault, fault },
};
