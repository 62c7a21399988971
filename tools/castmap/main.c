/* castmap - the command. */
#include "castmap/castmap.h"

#include <stdio.h>

int main(void)
{
    printf("castmap %s\n", castmap_version());
    return 0;
}
