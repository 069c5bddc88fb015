#include "certificate.h"

#include <fcntl.h>
#include <unistd.h>

const char certificate_pem[] = "-----BEGIN CERTIFICATE-----\n"
                               "MIIDHTCCAgWgAwIBAgIUc8ncoNy03BnNPM9Jif8fHOdGaucwDQYJKoZIhvcNAQEL\n"
                               "BQAwHjEcMBoGA1UEAwwTM2ZhOTRjMWQgUHJvamVjdCBDQTAeFw0yNjExMjMxNDI4\n"
                               "MDBaFw0zNjExMjAxNDI4MDBaMB4xHDAaBgNVBAMMEzNmYTk0YzFkIFByb2plY3Qg\n"
                               "Q0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCi/ntLb12G3zUBorE4\n"
                               "IzB7OaiqMqz+rZtsEt2bCJZf9aCO9+pRKPNK1fKmTyNMXuML0vCkjmnc4W7Kk5FV\n"
                               "c7Wk6mP76KPr/q1LegHc5LiBmjuWumzdfTxPaZlqPPPsqhWMLWgb8hFMs589WjTw\n"
                               "b1hnuWvSye+Zeckesh5xXYtXx+qqTCLck08sQIiemqJu4uGG1HY04fHbiK5ZN5sl\n"
                               "sRBMYvfxGyNL3W2y55lldwcTY3j12EOCGV4Ndvd2PhfOar8rk5qF3OtBo72oJ4Pw\n"
                               "TFQuv5HqXgrg7VJLtAwwuXPT/A/iueiSPWKjYYjnqv+osO5z28afThaV4/E7gLwT\n"
                               "xHFNAgMBAAGjUzBRMB0GA1UdDgQWBBQHhLOBG32OF/175Z1rZdPniXSu7zAfBgNV\n"
                               "HSMEGDAWgBQHhLOBG32OF/175Z1rZdPniXSu7zAPBgNVHRMBAf8EBTADAQH/MA0G\n"
                               "CSqGSIb3DQEBCwUAA4IBAQBKZl/VeWl94n4r/tB8FZdg8dkun4XpQU91RcHzS6/N\n"
                               "wOo4dRM4aBFcEBwm9h9JWa87ZUHYF1JCZghU8hprA4bJXeEdL55SmUnUw0Y7heuv\n"
                               "ioj/Q7/l8A+//DKm8j5Q9048k8xPvOsjDFGj9Paov/ILHtdjjLKAJN5RcUR6PLGn\n"
                               "aBDYMmUKQN2eGmittCZsmwJBDMyYlJhN2j0rnFS3R9nf6Q4Qrn926oXghdUeESFv\n"
                               "eBUrcL2FUyJinvGLhG/SUtnGhPWiVRVK8q6V62ILhI/iNV094SnWinmvLTyCZG/L\n"
                               "fOpPRx60PTPKiWwO9KY26Uv7SF6BahaB/SphpWDeBF4t\n"
                               "-----END CERTIFICATE-----\n";

const char *certificate_of(struct call *call)
{
    struct buffer pem = {.arena = call->arena};
    char piece[4096];
    int file = call->environment->ca ? open(call->environment->ca, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t count = 0;
    while (file >= 0 && (count = read(file, piece, sizeof(piece))) > 0)
        buffer_add(&pem, piece, (size_t)count);
    if (file >= 0)
        close(file);
    return pem.length ? buffer_text(&pem) : certificate_pem;
}
