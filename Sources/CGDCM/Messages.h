#ifndef CGDCM_MESSAGES_H
#define CGDCM_MESSAGES_H

/// Starts listening to the decoders' messages anew, on this thread.
void forgetMessages();

/// Whether a message on this thread said that the compressed data are corrupt.
bool messagesTellDamage();

#endif
