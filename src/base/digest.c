#include "config.h"

#include "base/digest.h"

#include <sys/types.h>

#include <sha256.h>
#include <stdint.h>

void digest_of(const void *bytes, size_t length, char digest[DIGEST_LENGTH + 1])
{
    SHA256Data(bytes, length, digest);
}
