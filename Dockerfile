# The command in an image of nothing else. goreleaser copies the program for
# $TARGETPLATFORM next to this file.
#
#	docker run --rm -v "$PWD:/work" -w /work ghcr.io/djsession/djsession list
FROM gcr.io/distroless/static-debian12:nonroot
ARG TARGETPLATFORM
COPY ${TARGETPLATFORM}/djsession /usr/bin/djsession
USER nonroot
ENTRYPOINT ["/usr/bin/djsession"]
